import { isError, textOf, type TraceBackend } from '#shared/ops/internal/backend.ts';
import type { ShowTraceReq, ShowTraceResp } from '#shared/ops/proto/messages.ts';

/** Shows what happened in a trace. */
export async function showTrace(backend: TraceBackend, request: ShowTraceReq): Promise<ShowTraceResp> {
  const spans = await backend.spansOf(request.id); // in order of their start

  const first = BigInt(spans[0]!.startTimeUnixNano);
  const ends = spans.map((span) => BigInt(span.endTimeUnixNano));
  const last = ends.reduce((a, b) => (a > b ? a : b));

  const operations = spans.map(({ service, name }) => `${service}: ${name}`);
  const errors = spans
    .filter(isError)
    .map(({ service, name, status }) => [service, name, status?.message].filter(Boolean).join(': '));
  const tags = spans.flatMap(({ attributes = [] }) =>
    attributes.map(({ key, value }) => `${key}=${textOf(value)}`),
  );

  return {
    id: spans[0]!.traceId,
    url: backend.pageOf(spans[0]!.traceId),
    operations: [...new Set(operations)],
    errors,
    tags: [...new Set(tags)].toSorted(),
    duration: String(last - first),
  };
}
