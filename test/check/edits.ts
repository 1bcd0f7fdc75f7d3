/** Changes to an observation, so that a mistake does not need its own run. */
import { callOfRun, type Observation } from '#workshop/check/observation';
import type { Exchange } from '#workshop/check/relay';
import type { Span } from '#workshop/trace/model';

/** The call of run.ts. */
export function runCall(seen: Observation): Exchange {
  return callOfRun(seen)!;
}

/** The requests from one service to another, in all calls. */
export function requests(seen: Observation, from: string, to: string): Exchange[] {
  return seen.exchanges.filter((exchange) => exchange.from === from && exchange.to === to);
}

export function spansWhere(seen: Observation, isMeant: (span: Span) => boolean): Span[] {
  return seen.traces.flatMap(({ spans }) => spans.filter(isMeant));
}

export function removeSpans(seen: Observation, isMeant: (span: Span) => boolean): void {
  for (const trace of seen.traces) trace.spans = trace.spans.filter((span) => !isMeant(span));
  seen.traces = seen.traces.filter(({ spans }) => spans.length > 0);
}

export function renameService(seen: Observation, from: string, to: string): void {
  for (const span of spansWhere(seen, ({ service }) => service === from)) span.service = to;
}

/** Moves a service's spans of each trace into another trace, as if no context had arrived. */
export function breakOff(seen: Observation, service: string): void {
  for (const { traceId, spans } of seen.traces) {
    const own = spans.filter((span) => span.service === service);
    if (own.length === 0 || own.length === spans.length) continue;
    removeSpans(seen, (span) => own.includes(span));
    const ids = new Set(own.map(({ spanId }) => spanId));
    const broken = own.map(({ parentId, ...span }) => ({
      ...span,
      traceId: reversed(traceId),
      ...(parentId !== undefined && ids.has(parentId) && { parentId }),
    }));
    seen.traces.push({ traceId: reversed(traceId), spans: broken });
  }
}

/** Replaces the values of a header of a request, or removes it. */
export function setHeader(request: Exchange, name: string, ...values: string[]): void {
  request.headers = [
    ...request.headers.filter(([other]) => other.toLowerCase() !== name),
    ...values.map((value) => [name, value] as const),
  ];
}

export function headerOf({ headers }: Exchange, name: string): string {
  return headers.find(([other]) => other.toLowerCase() === name)![1];
}

/** Changes the reviews in the response for a band. */
export function editReviews<Review extends object>(
  { response }: Exchange,
  edit: (review: Review, all: Review[]) => Review,
): void {
  const band = JSON.parse(response!.body) as { reviews: Review[] };
  band.reviews = band.reviews.map((review) => edit(review, band.reviews));
  response!.body = JSON.stringify(band);
}

const reversed = (id: string) => [...id].toReversed().join('');
