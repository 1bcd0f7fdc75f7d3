import { spanKinds } from '../../trace/model.ts';
import type { StoredSpan } from './store.ts';

const CLIENT = spanKinds.indexOf('client');
const SERVER = spanKinds.indexOf('server');

/**
 * Gives the server its own id where a client and its server have the same one, as Zipkin's B3 headers allow. The client
 * becomes its parent, and the spans that ran in the server become its children. Jaeger does the same, with the same new
 * ids (internal/jptrace/spaniduniquifier.go), but also moves children of the client's own service.
 */
export function withOwnIds(spans: readonly StoredSpan[]): readonly StoredSpan[] {
  const clients = new Map<string, StoredSpan>();
  for (const span of spans) if (span.operation.kind === CLIENT) clients.set(span.spanId, span);
  const isShared = ({ operation, spanId }: StoredSpan) => operation.kind === SERVER && clients.has(spanId);
  if (!spans.some(isShared)) return spans;

  const used = new Set(spans.map(({ spanId }) => spanId));
  const servers = new Map<string, { spanId: string; service: string }>();
  let last = 0;
  const separated = spans.map((span) => {
    if (!isShared(span)) return span;
    let spanId = '';
    do spanId = (++last).toString(16).padStart(16, '0');
    while (used.has(spanId));
    servers.set(span.spanId, { spanId, service: span.group.service });
    return { ...span, spanId, parentId: span.spanId };
  });
  return separated.map((span) => {
    const server = servers.get(span.parentId);
    if (!server || span.spanId === server.spanId) return span;
    const { service } = span.group;
    const ranInClient = service !== server.service && service === clients.get(span.parentId)!.group.service;
    return ranInClient ? span : { ...span, parentId: server.spanId };
  });
}
