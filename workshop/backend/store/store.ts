import { createHash } from 'node:crypto';
import type { Span, Trace } from '../../trace/model.ts';
import { type ArrivedSpan, readRequest } from '../otlp/arrival.ts';
import { readResource, readScope, readSpan, type Resource, type Scope } from '../otlp/span.ts';
import { type Operation, Operations } from './operations.ts';

/** How much is kept. When one of the limits is reached, the oldest trace is dropped whole. */
export interface Limits {
  /** Spans kept at a time. */
  spans: number;
  /** Memory for the spans and for what finds them, roughly. */
  bytes: number;
}

/** A trace that is kept. */
export interface StoredTrace {
  /** 32 digits of lowercase hex. */
  readonly id: string;
  /** In the order of arrival, duplicates too. */
  readonly spans: StoredSpan[];
  errors: number;
  /** Earliest start and latest end of its spans, in µs since 1970. */
  startUs: number;
  endUs: number;
  /** Calls between services, from the first time they are asked for until another span arrives. */
  calls: ServiceCall[] | undefined;
}

export interface ServiceCall {
  parent: string;
  child: string;
  callCount: number;
  /** How many of them ended in an error of the child. */
  errorCount: number;
}

/** A span as it is kept, with what it is found by. Ids and times as in `ArrivedSpan`. */
export interface StoredSpan {
  readonly spanId: string;
  readonly parentId: string;
  readonly operation: Operation;
  readonly startUs: number;
  readonly durationUs: number;
  readonly error: boolean;
  readonly group: Group;
  /** Where in the group's bytes the encoded Span is. */
  readonly from: number;
  readonly to: number;
}

/** Some spans that arrived together. Their bytes are kept until the last of them is dropped. */
export interface Group {
  readonly service: string;
  /** The encoded Resource, InstrumentationScope, and Spans. */
  readonly bytes: Buffer;
  readonly resourceEnd: number;
  readonly scopeEnd: number;
  /** What it counts for in `Limits.bytes`. */
  readonly size: number;
  /** How many of its spans are still kept. */
  spans: number;
}

/** What became of a request. */
export interface Added {
  accepted: number;
  rejected: number;
  /** Why spans were rejected, or why there were none, in words; empty if there is nothing to say. */
  reason: string;
}

/** What the store holds, and what it has seen since it was made. */
export interface StoreStatus {
  traces: number;
  spans: number;
  bytes: number;
  limits: Limits;
  accepted: number;
  rejected: number;
  droppedTraces: number;
  droppedSpans: number;
}

/** Room for 24 hours of a workshop. */
export const defaultLimits: Limits = { spans: 102_000, bytes: 96 * 1024 * 1024 };

/** The largest resource and scope, in bytes, with which spans are kept. */
const MAX_SHARED_BYTES = 128 * 1024;

// Roughly what the objects take besides the bytes that arrived, in bytes.
const TRACE_BYTES = 350;
const GROUP_BYTES = 500;
const SPAN_BYTES = 250;
/** A span of many tiny messages takes more memory than its bytes when it is read: each message counts for at least this. */
const MESSAGE_BYTES = 16;

/**
 * Keeps the spans that arrive, as the bytes in which they came, and finds them by trace and by what people search for.
 * Spans are decoded only when somebody looks at them.
 */
export class TraceStore {
  readonly #limits: Limits;
  readonly #traces = new Map<string, StoredTrace>();
  /** Goes through the traces from the oldest on. It is asked for one only when that is dropped, so it never ends. */
  readonly #oldestFirst = this.#traces.values();
  readonly operations = new Operations();
  /** What traces and groups count for. */
  #bytes = 0;
  #spans = 0;
  #accepted = 0;
  #rejected = 0;
  #droppedTraces = 0;
  #droppedSpans = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /**
   * Takes in an ExportTraceServiceRequest: all of its spans, except those that have no valid ids or do not fit.
   * @param unknown a field that OTLP does not have, if one was found before the request got this encoding
   * @throws MalformedError if the bytes are not such a message; then nothing is taken in
   */
  add(message: Buffer, unknown = ''): Added {
    const request = readRequest(message);
    const added: Added = { accepted: 0, rejected: 0, reason: '' };
    for (const { resource, scope, spans } of request.groups) {
      let fitting: ArrivedSpan[] = [];
      let size = 0;
      const keep = () => this.#keep(message, { resource, scope }, fitting, size);
      for (const span of spans) {
        const objection = this.#objectionTo(span, resource.length + scope.length);
        if (objection !== '') {
          added.rejected++;
          added.reason = objection;
          continue;
        }
        added.accepted++;
        size += sizeOf(span);
        if (fitting.push(span) < this.#limits.spans / 8 && size < this.#limits.bytes / 8) continue;
        keep();
        fitting = [];
        size = 0;
      }
      if (fitting.length > 0) keep();
    }
    this.#accepted += added.accepted;
    this.#rejected += added.rejected;
    const field = unknown || request.unknown;
    if (field && added.accepted + added.rejected === 0)
      added.reason = `the message holds no spans, and OTLP has no ${field}`;
    return added;
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
    for (const span of distinct(trace.spans)) yield read(span, trace);
  }

  /** Gives a function that reads spans. It reads each resource and scope once, and spans of one resource share it. */
  reader(): (span: StoredSpan, trace: StoredTrace) => Span {
    const resources = new Map<string, Resource>();
    const scopes = new Map<string, Scope>();
    const byGroup = new Map<Group, { resource: Resource; scope: Scope }>();
    const shared = ({ bytes, resourceEnd, scopeEnd }: Group) => ({
      resource: memoized(resources, bytes.subarray(0, resourceEnd), readResource),
      scope: memoized(scopes, bytes.subarray(resourceEnd, scopeEnd), readScope),
    });
    return (span, { id }) => {
      const { resource, scope } = byGroup.get(span.group) ?? shared(span.group);
      byGroup.set(span.group, { resource, scope });
      return readSpan(bytesOf(span), id, resource, scope);
    };
  }

  /** The calls from one service to another within a trace: spans whose parent is a span of another service. */
  calls(trace: StoredTrace): readonly ServiceCall[] {
    return (trace.calls ??= callsIn(distinct(trace.spans)));
  }

  status(): StoreStatus {
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      bytes: this.#bytes + this.operations.bytes,
      limits: this.#limits,
      accepted: this.#accepted,
      rejected: this.#rejected,
      droppedTraces: this.#droppedTraces,
      droppedSpans: this.#droppedSpans,
    };
  }

  /** Why a span can't be kept; empty if it can. */
  #objectionTo(span: ArrivedSpan, sharedBytes: number): string {
    const most = this.#limits.bytes / 4;
    if (span.traceId === '') return 'a trace id was missing or all zeros';
    if (span.spanId === '') return 'a span id was missing or all zeros';
    if (sharedBytes > Math.min(MAX_SHARED_BYTES, most)) return 'a resource or scope was too large to be kept';
    if (sizeOf(span) > most) return 'a span was too large to be kept';
    return '';
  }

  /** Keeps spans of one resource and scope. `spansSize` is what they count for. */
  #keep(message: Buffer, shared: Shared, spans: readonly ArrivedSpan[], spansSize: number): void {
    const { resource, scope } = shared;
    const { service } = readResource(resource);
    const resourceEnd = resource.length;
    const scopeEnd = resourceEnd + scope.length;
    // Memory of its own, not of a shared pool: what is kept must keep nothing else alive.
    const bytes = Buffer.allocUnsafeSlow(spans.reduce((sum, { from, to }) => sum + to - from, scopeEnd));
    bytes.set(resource);
    bytes.set(scope, resourceEnd);
    const size = GROUP_BYTES + scopeEnd + spansSize;
    this.#makeRoom(spans.length, size);
    const group = { service, bytes, resourceEnd, scopeEnd, size, spans: spans.length };
    this.#bytes += size;
    this.#spans += spans.length;
    let at = scopeEnd;
    for (const span of spans) {
      const from = at;
      at += message.copy(bytes, from, span.from, span.to);
      this.#index(span, group, from, at);
    }
  }

  #index(span: ArrivedSpan, group: Group, from: number, to: number): void {
    const { traceId, spanId, startUs, durationUs, error } = span;
    let trace = this.#traces.get(traceId);
    if (!trace) {
      trace = { id: traceId, spans: [], errors: 0, startUs, endUs: startUs, calls: undefined };
      this.#traces.set(traceId, trace);
      this.#bytes += TRACE_BYTES;
    }
    const operation = this.operations.add(group.service, span.name, span.kind);
    const parentId = sharedId(span.parentId, trace.spans.at(-1));
    trace.spans.push({ spanId, parentId, operation, startUs, durationUs, error, group, from, to });
    trace.startUs = Math.min(trace.startUs, startUs);
    trace.endUs = Math.max(trace.endUs, startUs + durationUs);
    if (error) trace.errors++;
    trace.calls = undefined;
  }

  /** Drops old traces until there is room. What new traces and operations take is known too late, but soon made up for. */
  #makeRoom(spans: number, bytes: number): void {
    while (
      this.#traces.size > 0 &&
      (this.#spans + spans > this.#limits.spans ||
        this.#bytes + this.operations.bytes + bytes > this.#limits.bytes)
    )
      this.#drop(this.#oldestFirst.next().value!);
  }

  #drop(trace: StoredTrace): void {
    this.#traces.delete(trace.id);
    this.#bytes -= TRACE_BYTES;
    for (const { operation, group } of trace.spans) {
      this.operations.remove(operation);
      if (--group.spans === 0) this.#bytes -= group.size;
    }
    this.#spans -= trace.spans.length;
    this.#droppedTraces++;
    this.#droppedSpans += trace.spans.length;
  }
}

/** What a span counts for in `Limits.bytes`. */
function sizeOf({ from, to, messages }: ArrivedSpan): number {
  return SPAN_BYTES + Math.max(to - from, messages * MESSAGE_BYTES);
}

/** An id, as the same string as in the span before if that has it too: most ids are then kept once. */
function sharedId(id: string, before: StoredSpan | undefined): string {
  if (id === before?.spanId) return before.spanId;
  return id === before?.parentId ? before.parentId : id;
}

/** What spans of one group share. */
interface Shared {
  resource: Uint8Array;
  scope: Uint8Array;
}

/** The encoded Span. */
export function bytesOf({ group, from, to }: StoredSpan): Buffer {
  return group.bytes.subarray(from, to);
}

function memoized<Read>(known: Map<string, Read>, bytes: Buffer, read: (bytes: Uint8Array) => Read): Read {
  const key = bytes.toString('latin1');
  const result = known.get(key) ?? read(bytes);
  known.set(key, result);
  return result;
}

/** The spans without those that repeat an earlier one of the same service to the byte. */
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
