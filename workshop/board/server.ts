import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { assets } from '../backend/pages/assets.ts';
import { isKnown, sendJson, sendPage } from '../backend/pages/respond.ts';
import { addAssets } from '../backend/pages/routes.ts';
import { shell } from '../backend/pages/shell.ts';
import { listenOnAddress, listenOnLoopback, type LoopbackListener } from '../net/loopback.ts';
import { qrCode } from '../qr-code.ts';
import type { BoardResponse } from '../trace/page-data.ts';
import { joinPage } from './join-page.ts';
import type { BoardLesson } from './lessons.ts';
import type { ScheduledPart } from './pace.ts';
import { type JoinRequest, joinSchema, type Report, reportSchema } from './protocol.ts';
import { isCode, join, leave, memberWith, report, type Room } from './room.ts';
import { viewOf } from './view.ts';

export interface BoardOptions {
  room: Room;
  /** Saves the room; called after each change. */
  save: () => Promise<void>;
  lessons: readonly BoardLesson[];
  schedule: readonly ScheduledPart[];
  port: number;
  /** An address of this machine that attendees can reach; without it, only this machine can join. */
  host?: string | undefined;
  /** The time, in ms since 1970. */
  now?: () => number;
}

export interface Board {
  /** Where attendees join; it contains the code. */
  joinUrl: string;
  /** The page, which only this machine can open. */
  pageUrl: string;
  close(): Promise<void>;
}

const LARGEST_BODY = 1_024; // bytes
/** Requests per minute and address. A whole room may share one address; even so, guessing the code would take years. */
const MOST_REQUESTS = 6_000;
const MOST_JOINS = 120;
/** Ends the connections of clients that send their requests slowly. ms, and bytes. */
const clientLimits = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};

/**
 * Serves the board on the loopback addresses. On `host`, it serves only what attendees need: the page and its data are not
 * there.
 * @throws PortInUseError
 */
export async function startBoard(options: BoardOptions): Promise<Board> {
  const { room, port, host } = options;
  const shownHost = host === undefined ? 'localhost' : inUrl(host);
  const local = await attendeeApp(options, ['localhost', '127.0.0.1', '[::1]']);
  const remote = host === undefined ? undefined : await attendeeApp(options, [shownHost]);
  let joinUrl = '';
  addPage(local, options, () => joinUrl);
  await Promise.all([local.ready(), remote?.ready()]);

  const listeners: LoopbackListener[] = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await Promise.all([local.close(), remote?.close()]);
  };
  try {
    const loopback = await listenOnLoopback(() => createServer(clientLimits, local.routing), port);
    listeners.push(loopback);
    if (remote) {
      listeners.push(await listenOnAddress(createServer(clientLimits, remote.routing), loopback.port, host!));
    }
    joinUrl = `http://${shownHost}:${loopback.port}/${room.code}`;
    return { joinUrl, pageUrl: `http://localhost:${loopback.port}/`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** What attendees need: to read how to join, to join, to report, and to leave. `hosts` are the hosts of its URLs. */
async function attendeeApp(options: BoardOptions, hosts: string[]): Promise<FastifyInstance> {
  const { room, save, now = Date.now } = options;
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allowUnionTypes: true } },
  });
  app.addHook('onRequest', async ({ headers: { host = '', origin } }, reply) => {
    if (!hosts.includes(host.toLowerCase().replace(/:\d+$/, ''))) {
      return refuse(reply, 403, `The host "${host}" is not that of the board.`);
    }
    // Attendees use a command, which sends no origin: only the board's own page does.
    if (origin !== undefined && origin !== `http://${host}`) {
      return refuse(reply, 403, 'Other pages must not use the board.');
    }
  });
  await app.register(rateLimit, { max: MOST_REQUESTS, timeWindow: '1 minute' });
  const joins = { config: { rateLimit: { max: MOST_JOINS } } };

  app.get<{ Params: { code: string } }>('/:code', joins, async ({ params, headers }, reply) => {
    if (!isCode(room, params.code)) return refuse(reply, 404, 'This is not the code of the board.');
    return sendPage(reply, joinPage(`http://${headers.host}/${room.code}`));
  });

  app.post<{ Body: JoinRequest }>(
    '/join',
    { ...joins, schema: { body: joinSchema } },
    async (request, reply) => {
      if (!isCode(room, request.body.code)) return refuse(reply, 404, 'This is not the code of the board.');
      const token = join(room, request.body, tokenOf(request), now());
      if (token === undefined) return refuse(reply, 503, 'The board is full.');
      await save();
      return { token };
    },
  );

  app.post<{ Body: Report }>('/report', { schema: { body: reportSchema } }, async (request, reply) => {
    const member = memberWith(room, tokenOf(request));
    if (!member) return refuse(reply, 401, 'The board does not know this token.');
    const { step, unmet } = request.body;
    const lesson = options.lessons.find(({ number }) => number === step);
    if (!lesson || (unmet ?? 0) > lesson.expectations.length) {
      return refuse(reply, 400, 'The board knows no such step or expectation.');
    }
    report(member, request.body, now());
    void save();
    return reply.code(204).send();
  });

  app.post('/leave', async (request, reply) => {
    const member = memberWith(room, tokenOf(request));
    if (!member) return refuse(reply, 401, 'The board does not know this token.');
    leave(room, member);
    await save();
    return reply.code(204).send();
  });
  return app;
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ message });
}

function tokenOf({ headers }: FastifyRequest): string {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** The page for the instructor. */
function addPage(
  app: FastifyInstance,
  { room, lessons, schedule, now = Date.now }: BoardOptions,
  joinUrl: () => string,
): void {
  addAssets(app);
  app.get('/', async (_request, reply) =>
    sendPage(reply, shell('board', 'The class at a glance', await assets(), ['/board'], '')),
  );
  app.get('/board', async (request, reply) => {
    const response: BoardResponse = {
      join: { url: joinUrl(), ...qrCode(joinUrl()) },
      ...viewOf(room, lessons, schedule, now()),
    };
    const version = createHash('sha256').update(JSON.stringify(response)).digest('hex').slice(0, 16);
    if (isKnown(request, reply, `"${version}"`)) return reply.send();
    return sendJson(request, reply, response);
  });
}
