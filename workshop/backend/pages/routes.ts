/** The pages, their assets, and their data. Their URLs are those of Jaeger's pages. */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { shortId, traceIdFrom } from '../../trace/ids.ts';
import { searchDataUrl, queryFrom } from '../../trace/search/query.ts';
import { logsDataUrl } from '../../trace/search/logs.ts';
import { logQueryFrom } from '../api/log-routes.ts';
import { readAlerts } from '../indicators/alerts.ts';
import { askPrometheus } from '../indicators/find.ts';
import { endOfIndicators, readIndicators } from '../indicators/indicators.ts';
import { anySearch, type Parameters, traceIdParameter } from '../api/parameters.ts';
import { callsWithin } from '../api/routes.ts';
import { digitsThatTell, findById } from '../store/find-ids.ts';
import { findLogs } from '../store/find-logs.ts';
import { linkedSpans } from '../store/linked-spans.ts';
import type { LogStore } from '../store/log-store.ts';
import type { TraceStore } from '../store/store.ts';
import type {
  AlertsResponse,
  IdsResponse,
  LogsResponse,
  ServiceGraphResponse,
  TraceResponse,
} from '../../trace/page-data.ts';
import { assets, type PageName } from './assets.ts';
import { logColumns } from './log-columns.ts';
import { isKnown, pageHeaders, sendJson, sendPage, acceptsGzip } from './respond.ts';
import { searchResponse } from './search-response.ts';
import { summaryOf } from './summary.ts';
import { shell } from './shell.ts';
import { traceColumns } from './trace-columns.ts';

/** Adds the routes of the pages. */
export function addPages(app: FastifyInstance, store: TraceStore, logs: LogStore): void {
  addDocuments(app);
  addAssets(app);
  addData(app, store, logs);
}

function addDocuments(app: FastifyInstance): void {
  app.get('/', (_request, reply) => reply.redirect('/search'));

  app.get('/search', async (request, reply) => {
    const url = searchDataUrl(queryFrom(new URL(request.url, 'http://localhost').search));
    return sendPage(reply, shell('search', 'Search traces', await assets(), [url]));
  });

  app.get('/logs', async (request, reply) =>
    sendPage(
      reply,
      shell('logs', 'Logs', await assets(), [logsDataUrl(new URL(request.url, 'http://localhost').search)]),
    ),
  );

  app.get('/dependencies', async (_request, reply) =>
    sendPage(reply, shell('dependencies', 'Service graph', await assets(), ['/viewer/dependencies'])),
  );

  app.get('/indicators', async (_request, reply) =>
    sendPage(reply, shell('indicators', 'Indicators', await assets(), ['/viewer/indicators'])),
  );

  app.get<{ Params: { id: string } }>('/trace/:id', async ({ params: { id } }, reply) => {
    if (id.includes('...')) return reply.redirect(`/compare/${encodeURIComponent(id)}`);
    return sendPage(reply.code(statusOf([id])), await shellOf('trace', `Trace ${shortId(id)}`, [id]));
  });

  app.get<{ Params: { pair: string } }>('/compare/:pair', async ({ params: { pair } }, reply) => {
    const ids = pair.split('...');
    return sendPage(
      reply.code(ids.length === 2 ? statusOf(ids) : 400),
      await shellOf('compare', 'Compare two traces', ids.length === 2 ? ids : []),
    );
  });
}

/** The status is 400 for ids that no trace can have, although the page is drawn, for clients that only look at the status. */
function statusOf(ids: readonly string[]): number {
  return ids.every((id) => traceIdFrom(id) !== undefined) ? 200 : 400;
}

async function shellOf(page: PageName, title: string, ids: readonly string[]): Promise<string> {
  const urls = ids.flatMap((id) => traceIdFrom(id) ?? []).map((id) => `/viewer/trace/${id}`);
  return shell(page, title, await assets(), urls);
}

/** The page for an unknown address. */
export async function sendNoSuchPage(reply: FastifyReply): Promise<FastifyReply> {
  return sendPage(reply.code(404), shell('problem', 'No such page', await assets(), []));
}

/** Adds the routes of what the pages load. */
export function addAssets(app: FastifyInstance): void {
  app.get<{ Params: { version: string; name: string } }>('/assets/:version/:name', async (request, reply) => {
    const { byName, version } = await assets();
    const asset = byName.get(request.params.name);
    if (!asset || request.params.version !== version) {
      return reply.code(404).headers(pageHeaders).type('text/plain').send('There is no such file.');
    }
    reply
      .headers(pageHeaders)
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
      .type(asset.type);
    return acceptsGzip(request)
      ? reply.header('content-encoding', 'gzip').send(asset.gzip)
      : reply.send(asset.plain);
  });
}

/** More traces than this whose ids begin alike are only counted. */
const MAX_MATCHES = 20;

function addData(app: FastifyInstance, store: TraceStore, logs: LogStore): void {
  /** Distinguishes this run of the backend from others, whose counts may be the same. */
  const run = randomBytes(4).toString('hex');
  const state = () => {
    const { accepted, droppedSpans } = store.status();
    return `${run}-${accepted}-${droppedSpans}`;
  };

  app.get<{ Params: { id: string } }>('/viewer/trace/:id', async (request, reply) => {
    const id = traceIdParameter(request.params.id);
    const stored = store.get(id);
    if (!stored) return reply.code(204).send();
    const services = store.operations.services();
    // A new service can change the colors of the others, even if the trace hasn't changed.
    const seen = createHash('sha256').update(JSON.stringify(services)).digest('hex').slice(0, 12);
    const linked = linkedSpans(store, stored);
    const links = `${linked.targets.length}-${linked.backlinks.length}`;
    if (isKnown(request, reply, `"${run}-${stored.spans.length}-${seen}-${links}"`)) return reply.send();
    const response: TraceResponse = {
      trace: traceColumns(id, store.spans(stored)),
      services,
      idDigits: digitsThatTell(store, [id]),
      linked,
    };
    return sendJson(request, reply, response);
  });

  app.get<{ Params: { id: string } }>('/viewer/ids/:id', async (request, reply) => {
    traceIdParameter(request.params.id); // refuses what isn't an id
    const found = findById(store, request.params.id.toLowerCase());
    const response: IdsResponse = {
      matches: found
        .slice(0, MAX_MATCHES)
        .map(({ trace, spanId }) => ({ trace: summaryOf(trace), ...(spanId !== undefined && { spanId }) })),
      more: Math.max(0, found.length - MAX_MATCHES),
    };
    return sendJson(request, reply, response);
  });

  app.get<{ Querystring: Parameters }>('/viewer/logs', async (request, reply) => {
    const query = logQueryFrom(request.query);
    if (isKnown(request, reply, `"${run}-${logs.stateOf(query.traceId)}"`)) return reply.send();
    const found = await findLogs(logs, query);
    const ids = new Set(found.map(({ traceId }) => traceId).filter((id) => id !== ''));
    const response: LogsResponse = {
      logs: logColumns(found),
      services: store.operations.services(),
      loggers: logs.services(),
      kept: logs.status().records,
      idDigits: digitsThatTell(store, ids),
    };
    return sendJson(request, reply, response);
  });

  app.get<{ Querystring: Parameters }>('/viewer/search', async (request, reply) => {
    const query = anySearch(request.query);
    // The URL contains the query, but a look-back starts later every second, so that the response can change.
    const isFixed = query.startUs === -Infinity || request.query['lookback'] === undefined;
    if (isFixed && isKnown(request, reply, `"${state()}"`)) return reply.send();
    return sendJson(request, reply, searchResponse(store, query));
  });

  const hasTrace = (id: string) => store.get(id) !== undefined;

  app.get('/viewer/indicators', async (request, reply) => {
    const end = endOfIndicators();
    if (isKnown(request, reply, `"${run}-${end}"`)) return reply.send();
    const response = await askPrometheus((prometheus) => readIndicators(prometheus, hasTrace, end));
    if ('missing' in response) reply.removeHeader('etag'); // it may be there before the next points
    return sendJson(request, reply, response);
  });

  app.get('/viewer/alerts', async (request, reply) => {
    const alerts = await askPrometheus((prometheus) => readAlerts(prometheus, hasTrace));
    const response: AlertsResponse = 'missing' in alerts ? [] : alerts;
    return sendJson(request, reply, response);
  });

  app.get('/viewer/dependencies', async (request: FastifyRequest, reply) => {
    if (isKnown(request, reply, `"${state()}"`)) return reply.send();
    const always = { fromMs: -Infinity, toMs: Infinity };
    const response: ServiceGraphResponse = {
      services: store.operations.services().map((name) => ({
        name,
        spans: store.operations.of(name).reduce((sum, { spans }) => sum + spans, 0),
      })),
      calls: callsWithin(store, always).map(({ parent, child, callCount, errorCount }) => ({
        parent,
        child,
        calls: callCount,
        errors: errorCount,
      })),
    };
    return sendJson(request, reply, response);
  });
}
