import { createHash } from 'node:crypto';
import type { Span, Trace } from '../../trace/model.ts';
import { type ArrivedSpan, readSpanRequest } from '../otlp/arrival.ts';
import { traceSignal } from '../otlp/messages.ts';
import { readSpan } from '../otlp/span.ts';
import { bytesOf, type Group, Intake, sharedReader, type StoredItem } from './intake.ts';
import { type Operation, Operations } from './operations.ts';
import { withOwnIds } from './shared-ids.ts';

/** How much is kept. When one of the limits is reached, the oldest trace is dropped as a whole. */
export interface Limits {
  /** Spans kept at a time. */
  spans: number;
  /** Roughly the memory for the spans and for finding them. */
  bytes: number;
}

/** A trace that is kept. */
export interface StoredTrace {
  /** 32 digits of lowercase hex. */
  readonly id: string;
  /** In order of arrival, with duplicates. */
  readonly spans: StoredSpan[];
  errors: number;
  /** Earliest start and latest end of its spans, in µs since 1970; 0 if none of them has a time. */
  startUs: number;
  endUs: number;
  /** Calls between services, from the first request for them until another span arrives. */
  calls: ServiceCall[] | undefined;
}

export interface ServiceCall {
  parent: string;
  child: string;
  callCount: number;
  /** How many of them ended in an error of the child. */
  errorCount: number;
}

/** A span as it is kept, with the fields by which it is found. Ids and times are as in `ArrivedSpan`. */
export interface StoredSpan extends StoredItem {
  readonly spanId: string;
  readonly parentId: string;
  readonly operation: Operation;
  readonly startUs: number;
  readonly durationUs: number;
  readonly error: boolean;
  readonly links: ArrivedSpan['links'];
}

/** Enough for 24 hours of a workshop. */
export const defaultLimits: Limits = { spans: 102_000, bytes: 96 * 1024 * 1024 };

// Roughly how much memory the objects take in addition to the bytes that arrived, in bytes.
const TRACE_BYTES = 350;
const SPAN_BYTES = 250;
const LINK_BYTES = 150;

/** More links of one span than this aren't found from their targets: the default limit of the SDKs. */
const MAX_LINKS = 128;
const noLinks: ArrivedSpan['links'] = []; // one for all spans, because few have links

/**
 * Keeps spans as the bytes in which they arrived, and finds them by trace and by what people search for. Spans are
 * decoded only when they are needed.
 */
export class TraceStore extends Intake<ArrivedSpan> {
  readonly #limits: Limits;
  readonly #traces = new Map<string, StoredTrace>();
  /** Iterates over the traces, oldest first. It never ends, because each trace that it returns is then dropped. */
  readonly #oldestFirst = this.#traces.values();
  readonly operations = new Operations();
  #droppedTraces = 0;

  constructor(limits: Partial<Limits> = {}) {
    const all = { ...defaultLimits, ...limits };
    const most = { items: all.spans, bytes: all.bytes };
    super({ signal: traceSignal, read: readSpanRequest, most, itemBytes: SPAN_BYTES });
    this.#limits = all;
  }

  get(traceId: string): StoredTrace | undefined {
    return this.#traces.get(traceId);
  }

  /** All traces in the order in which their first spans arrived. */
  traces(): Iterable<StoredTrace> {
    return this.#traces.values();
  }

  /** Reads a trace; undefined if no span of it is kept. */
  trace(traceId: string): Trace | undefined {
    const stored = this.#traces.get(traceId);
    return stored && { traceId, spans: [...this.spans(stored)] };
  }

  /** Reads the spans of a trace one by one, in the order of arrival; identical ones once. */
  *spans(trace: StoredTrace): Generator<Span> {
    const read = this.reader();
    for (const stored of spansOf(trace)) {
      const span = read(stored, trace);
      span.spanId = stored.spanId; // a client and its server may have had the same
      if (stored.parentId !== '') span.parentId = stored.parentId;
      yield span;
    }
  }

  /** Returns a function that reads spans. Those of one resource share it. */
  reader(): (span: StoredSpan, trace: StoredTrace) => Span {
    const sharedOf = sharedReader();
    return (span, { id }) => {
      const { resource, scope } = sharedOf(span.group);
      return readSpan(bytesOf(span), id, resource, scope);
    };
  }

  /** The calls from one service to another within a trace: spans whose parent is a span of another service. */
  calls(trace: StoredTrace): readonly ServiceCall[] {
    return (trace.calls ??= callsIn(spansOf(trace)));
  }

  /** What the store contains, and what has arrived since it was created. */
  status() {
    const { items: spans, dropped: droppedSpans, ...counts } = this.counts();
    const [traces, droppedTraces] = [this.#traces.size, this.#droppedTraces];
    return { traces, spans, limits: this.#limits, ...counts, droppedTraces, droppedSpans };
  }

  protected override get bytes(): number {
    return super.bytes + this.operations.bytes;
  }

  protected objectionTo({ traceId, spanId }: ArrivedSpan): string {
    if (traceId === '') return 'a trace id was missing or all zeros';
    return spanId === '' ? 'a span id was missing or all zeros' : '';
  }

  protected index(span: ArrivedSpan, group: Group, from: number, to: number): void {
    const { traceId, spanId, startUs, durationUs, error } = span;
    let trace = this.#traces.get(traceId);
    if (!trace) {
      trace = { id: traceId, spans: [], errors: 0, startUs, endUs: startUs, calls: undefined };
      this.#traces.set(traceId, trace);
      this.take(TRACE_BYTES);
    }
    const operation = this.operations.add(group.service, span.name, span.kind);
    const parentId = sharedId(span.parentId, trace.spans.at(-1));
    const links = span.links.length > 0 ? span.links.slice(0, MAX_LINKS) : noLinks;
    trace.spans.push({ spanId, parentId, operation, startUs, durationUs, error, links, group, from, to });
    this.take(links.length * LINK_BYTES);
    if (startUs > 0) trace.startUs = Math.min(trace.startUs || startUs, startUs);
    trace.endUs = Math.max(trace.endUs, startUs + durationUs);
    if (error) trace.errors++;
    trace.calls = undefined;
  }

  protected *newest(): Generator<StoredSpan[]> {
    for (const { spans } of [...this.#traces.values()].toReversed()) yield spans;
  }

  protected dropOldest(): boolean {
    if (this.#traces.size === 0) return false;
    const trace = this.#oldestFirst.next().value!;
    this.#traces.delete(trace.id);
    this.take(-TRACE_BYTES);
    for (const { operation, group, links } of trace.spans) {
      this.take(-links.length * LINK_BYTES);
      this.operations.remove(operation);
      this.release(group);
    }
    this.#droppedTraces++;
    return true;
  }
}

/** An id: the same string as in the previous span if that has the same id, so that most ids are kept only once. */
function sharedId(id: string, before: StoredSpan | undefined): string {
  if (id === before?.spanId) return before.spanId;
  return id === before?.parentId ? before.parentId : id;
}

/** The spans of a trace, identical ones once, with an id of its own for each server. */
function spansOf({ spans }: StoredTrace): readonly StoredSpan[] {
  return withOwnIds(distinct(spans));
}

/** The spans without those that are identical, byte for byte, to an earlier one of the same service. */
function distinct(spans: readonly StoredSpan[]): StoredSpan[] {
  const times = new Map<string, number>();
  for (const { spanId } of spans) times.set(spanId, (times.get(spanId) ?? 0) + 1);
  const seen = new Set<string>();
  return spans.filter((span) => times.get(span.spanId) === 1 || seen.size < seen.add(digestOf(span)).size);
}

function digestOf(span: StoredSpan): string {
  return createHash('sha256').update(`${span.group.service}\0`).update(bytesOf(span)).digest('base64');
}

function callsIn(spans: readonly StoredSpan[]): ServiceCall[] {
  const services = new Map(spans.map(({ spanId, group }) => [spanId, group.service]));
  const calls = new Map<string, ServiceCall>();
  for (const { parentId, group, error } of spans) {
    const child = group.service;
    const parent = services.get(parentId);
    if (parent === undefined || parent === child) continue;
    const key = JSON.stringify([parent, child]);
    const call = calls.get(key) ?? { parent, child, callCount: 0, errorCount: 0 };
    calls.set(key, call);
    call.callCount++;
    if (error) call.errorCount++;
  }
  return [...calls.values()];
}
