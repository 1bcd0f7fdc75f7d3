import { checkRequest, readSpans, serviceName, type Group, type SpanParts } from '../otlp/spans.ts';
import { Operations, type Operation } from './operations.ts';
import { Ring } from './ring.ts';

/** How much is kept. When one of the limits is reached the oldest trace is dropped whole. */
export interface Limits {
  /** Spans kept at a time. */
  spans: number;
  /** Memory for the spans' bytes; three quarters more may be taken by what finds them. */
  bytes: number;
}

/** A trace that is kept. `first` and `last` are offsets of its records in the ring. */
export interface StoredTrace {
  /** 32 digits of lower-case hex. */
  readonly id: string;
  /** Spans that arrived, identical ones too. */
  spans: number;
  errors: number;
  /** Earliest start and latest end of its spans, in µs since 1970. */
  startUs: number;
  endUs: number;
  /** Where in the ring its first record is. */
  readonly position: number;
  readonly first: number;
  last: number;
  /** The trace that came after it. */
  newer: StoredTrace | undefined;
  /** Calls between services, once somebody asked for them and until another span arrives. */
  calls: ServiceCall[] | undefined;
}

export interface ServiceCall {
  parent: string;
  child: string;
  callCount: number;
  /** How many of them ended in an error of the child. */
  errorCount: number;
}

/** A span by what it is found by. Times as in `SpanParts`. */
export interface StoredSpan {
  /** Offset of its record in the ring. */
  record: number;
  operation: Operation;
  startUs: number;
  durationUs: number;
  error: boolean;
}

/** Spans as they came in, each encoded by itself, with their encoded Resource and InstrumentationScope. */
export interface StoredGroup {
  resource: Buffer;
  scope: Buffer;
  spans: Buffer[];
}

/** What became of a batch. */
export interface Added {
  accepted: number;
  rejected: number;
  /** Why spans were rejected, in words; empty when none was. */
  reason: string;
}

/** What the store holds and what it has seen, since it was made. */
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
export const defaultLimits: Limits = { spans: 102_000, bytes: 48 * 1024 * 1024 };

// A record in the ring is a head of 56 bytes, then the span as it came. Offsets within the head:
const NEXT = 0; // u32: offset of the trace's next record, 0 for none
const GROUP = 4; // u32: offset of the record of the group
const LENGTH = 8; // u32: of the span
const OPERATION = 12; // u32
const START = 16; // f64, µs
const DURATION = 24; // f64, µs
const SPAN_ID = 32; // 8 bytes
const PARENT_ID = 40; // 8 bytes, all 0 for none
const ERROR = 48; // u32
const HEAD_BYTES = 56;
// A group's record is two u32, the lengths of resource and scope, and then their bytes.
const GROUP_HEAD_BYTES = 8;

/** The largest resource and scope, in bytes, with which spans are kept. */
const MAX_GROUP_BYTES = 128 * 1024;

/** About what a trace takes in the index, in bytes. */
const TRACE_BYTES = 350;

/**
 * Keeps the spans that arrive, as the bytes in which they came, and finds them by trace and by what people search for.
 *
 * All bytes lie in one ring. A trace's records are linked in the order of arrival; those that came from one batch
 * share the record of their group, which lies at most `#window` bytes in front of each of them. So whatever lies behind
 * the first record of the oldest trace less that window is not needed any more, and is written over.
 */
export class TraceStore {
  readonly #limits: Limits;
  readonly #ring: Ring;
  readonly #window: number;
  readonly #traces = new Map<string, StoredTrace>();
  readonly operations = new Operations();
  #oldest: StoredTrace | undefined;
  #newest: StoredTrace | undefined;
  #spans = 0;
  #accepted = 0;
  #rejected = 0;
  #droppedTraces = 0;
  #droppedSpans = 0;
  /** Where the groups were written that may be used again, by their bytes; emptied once in a window. */
  readonly #recentGroups = new Map<string, number>();
  #recentSince = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#ring = new Ring(this.#limits.bytes);
    this.#window = Math.min(1024 * 1024, this.#ring.capacity / 8);
  }

  /**
   * Takes in an ExportTraceServiceRequest: all of its spans, but for those that have no valid ids or do not fit.
   * @throws MalformedError when the bytes are no such message; nothing is taken in then
   */
  add(message: Buffer): Added {
    checkRequest(message);
    const added: Added = { accepted: 0, rejected: 0, reason: '' };
    let group: Group;
    let groupBytes = 0;
    let groupPosition = -Infinity;
    let service = '';

    const onGroup = (next: Group) => {
      group = next;
      groupBytes = GROUP_HEAD_BYTES + lengthOf(group.resource) + lengthOf(group.scope);
      service = serviceName(message, group.resource);
      groupPosition = this.#recentGroup(message, group);
    };
    /** Takes room for a span, behind its group; undefined as `#takeRoom` is. */
    const place = (size: number): number | undefined => {
      if (this.#ring.head - groupPosition > this.#window) {
        const position = this.#takeRoom(groupBytes);
        if (position === undefined) return undefined;
        this.#writeGroup(message, group, position);
        groupPosition = position;
      }
      return this.#takeRoom(size);
    };
    const onSpan = (span: SpanParts) => {
      const reason = this.#objection(span, groupBytes);
      if (reason !== '') {
        added.rejected++;
        added.reason = reason;
        return;
      }
      const size = HEAD_BYTES + lengthOf(span);
      let position = place(size);
      if (position === undefined) {
        this.#startAnew();
        groupPosition = -Infinity;
        position = place(size)!;
      }
      this.#write(message, span, position, groupPosition, service);
      added.accepted++;
    };
    readSpans(message, onGroup, onSpan);

    this.#accepted += added.accepted;
    this.#rejected += added.rejected;
    return added;
  }

  get(traceId: string): StoredTrace | undefined {
    return this.#traces.get(traceId);
  }

  /** All traces in the order in which their first spans arrived. */
  *traces(): Generator<StoredTrace> {
    for (let trace = this.#oldest; trace; trace = trace.newer) yield trace;
  }

  /** What the spans of a trace are found by, in the order of arrival. */
  *spans(trace: StoredTrace): Generator<StoredSpan> {
    for (let record = trace.first; record !== 0; record = this.#u32(record + NEXT)) yield this.#span(record);
  }

  /** The ids of a span as text of 8 characters, one a byte; `parentId` is 8 zeros for a span without a parent. */
  ids({ record }: StoredSpan): { spanId: string; parentId: string } {
    return { spanId: this.#idAt(record + SPAN_ID), parentId: this.#idAt(record + PARENT_ID) };
  }

  /** One span in its encoded form. */
  group({ record }: StoredSpan): StoredGroup {
    return this.#encoded([record]);
  }

  /**
   * A trace in its encoded form: in the order of arrival, as many spans together as came with the same resource and
   * scope. Of identical spans there is one. All of it is views of memory, which is written over some time after.
   */
  *groups(trace: StoredTrace): Generator<StoredGroup> {
    let run: number[] = [];
    for (const record of this.#distinct(trace)) {
      if (run.length > 0 && this.#u32(run[0]! + GROUP) !== this.#u32(record + GROUP)) {
        yield this.#encoded(run);
        run = [];
      }
      run.push(record);
    }
    if (run.length > 0) yield this.#encoded(run);
  }

  /** The calls from one service to another within a trace: spans whose parent is a span of another service. */
  calls(trace: StoredTrace): readonly ServiceCall[] {
    return (trace.calls ??= this.#findCalls(trace));
  }

  status(): StoreStatus {
    const oldest = this.#oldest?.position ?? this.#ring.head;
    return {
      traces: this.#traces.size,
      spans: this.#spans,
      bytes: this.#ring.head - oldest,
      limits: this.#limits,
      accepted: this.#accepted,
      rejected: this.#rejected,
      droppedTraces: this.#droppedTraces,
      droppedSpans: this.#droppedSpans,
    };
  }

  /** Why a span can't be kept; empty if it can. */
  #objection(span: SpanParts, groupBytes: number): string {
    if (span.traceIdAt < 0) return 'a trace id was missing or all zeros';
    if (span.spanIdAt < 0) return 'a span id was missing or all zeros';
    if (groupBytes > Math.min(MAX_GROUP_BYTES, this.#window / 4))
      return 'a resource or scope was too large to be kept';
    if (HEAD_BYTES + lengthOf(span) > this.#ring.capacity / 4) return 'a span was too large to be kept';
    return '';
  }

  /** The position at which a group was written not long ago, or minus infinity. */
  #recentGroup(message: Buffer, group: Group): number {
    return this.#recentGroups.get(groupKey(message, group)) ?? -Infinity;
  }

  #writeGroup(message: Buffer, { resource, scope }: Group, position: number): void {
    const at = this.#ring.offsetOf(position);
    this.#ring.u32[at / 4] = lengthOf(resource);
    this.#ring.u32[at / 4 + 1] = lengthOf(scope);
    message.copy(this.#ring.bytes, at + GROUP_HEAD_BYTES, resource.from, resource.to);
    message.copy(this.#ring.bytes, at + GROUP_HEAD_BYTES + lengthOf(resource), scope.from, scope.to);

    if (position - this.#recentSince > this.#window) {
      this.#recentGroups.clear();
      this.#recentSince = position;
    }
    this.#recentGroups.set(groupKey(message, { resource, scope }), position);
  }

  #write(message: Buffer, span: SpanParts, position: number, groupPosition: number, service: string): void {
    const name = message.toString('utf8', span.name.from, span.name.to) || 'empty-span-name';
    const operation = this.operations.add(service, name, span.kind);

    const { bytes, u32, f64 } = this.#ring;
    const at = this.#ring.offsetOf(position);
    u32[(at + NEXT) / 4] = 0;
    u32[(at + GROUP) / 4] = this.#ring.offsetOf(groupPosition);
    u32[(at + LENGTH) / 4] = lengthOf(span);
    u32[(at + OPERATION) / 4] = operation.id;
    f64[(at + START) / 8] = span.startUs;
    f64[(at + DURATION) / 8] = span.durationUs;
    f64[(at + PARENT_ID) / 8] = 0;
    for (let index = 0; index < 8; index++) bytes[at + SPAN_ID + index] = message[span.spanIdAt + index]!;
    if (span.parentIdAt >= 0) {
      for (let index = 0; index < 8; index++)
        bytes[at + PARENT_ID + index] = message[span.parentIdAt + index]!;
    }
    u32[(at + ERROR) / 4] = span.error ? 1 : 0;
    message.copy(bytes, at + HEAD_BYTES, span.from, span.to);

    this.#link(message.toString('hex', span.traceIdAt, span.traceIdAt + 16), span, at, position);
    this.#spans++;
  }

  /** Puts a record at the end of its trace. */
  #link(id: string, span: SpanParts, at: number, position: number): void {
    const endUs = span.startUs + span.durationUs;
    const errors = span.error ? 1 : 0;
    const trace = this.#traces.get(id);
    if (trace) {
      this.#ring.u32[(trace.last + NEXT) / 4] = at;
      trace.last = at;
      trace.spans++;
      trace.errors += errors;
      trace.startUs = Math.min(trace.startUs, span.startUs);
      trace.endUs = Math.max(trace.endUs, endUs);
      trace.calls = undefined;
      return;
    }
    const created: StoredTrace = {
      id,
      spans: 1,
      errors,
      startUs: span.startUs,
      endUs,
      position,
      first: at,
      last: at,
      newer: undefined,
      calls: undefined,
    };
    this.#traces.set(id, created);
    if (this.#newest) this.#newest.newer = created;
    else this.#oldest = created;
    this.#newest = created;
  }

  /**
   * Takes so many bytes of the ring, and drops old traces until there is room for one more span. Undefined where none
   * is left to be dropped, and what was written last is still in the way.
   */
  #takeRoom(size: number): number | undefined {
    for (;;) {
      const isFull =
        this.#spans >= this.#limits.spans ||
        this.operations.bytes + this.#traces.size * TRACE_BYTES > (this.#ring.capacity * 3) / 4;
      const tail = (this.#oldest?.position ?? this.#ring.head) - this.#window;
      const position = isFull ? undefined : this.#ring.take(size, tail);
      if (position !== undefined || !this.#oldest) return position;
      this.#drop(this.#oldest);
    }
  }

  /** Forgets the groups too, which no trace needs any more: then there is room for whatever may be kept. */
  #startAnew(): void {
    this.#ring.startAnew();
    this.#recentGroups.clear();
  }

  #drop(trace: StoredTrace): void {
    for (let record = trace.first; record !== 0; record = this.#u32(record + NEXT)) {
      this.operations.remove(this.#u32(record + OPERATION));
    }
    this.#traces.delete(trace.id);
    this.#oldest = trace.newer;
    if (!this.#oldest) this.#newest = undefined;
    this.#spans -= trace.spans;
    this.#droppedTraces++;
    this.#droppedSpans += trace.spans;
  }

  /** The records of a trace without those that repeat an earlier one to the byte. */
  #distinct(trace: StoredTrace): number[] {
    const bySpanId = new Map<string, number[]>();
    const distinct: number[] = [];
    for (let record = trace.first; record !== 0; record = this.#u32(record + NEXT)) {
      const id = this.#idAt(record + SPAN_ID);
      const same = bySpanId.get(id);
      if (same?.some((other) => this.#identical(record, other))) continue;
      if (same) same.push(record);
      else bySpanId.set(id, [record]);
      distinct.push(record);
    }
    return distinct;
  }

  #identical(record: number, other: number): boolean {
    const sameService =
      this.operations.byId(this.#u32(record + OPERATION)).service ===
      this.operations.byId(this.#u32(other + OPERATION)).service;
    const { bytes } = this.#ring;
    const [from, to] = this.#bytesOf(record);
    const [otherFrom, otherTo] = this.#bytesOf(other);
    return sameService && bytes.compare(bytes, from, to, otherFrom, otherTo) === 0;
  }

  #findCalls(trace: StoredTrace): ServiceCall[] {
    const records = this.#distinct(trace);
    const services = new Map(
      records.map((record) => [this.#idAt(record + SPAN_ID), this.#span(record).operation.service]),
    );
    const calls = new Map<string, ServiceCall>();
    for (const record of records) {
      const { operation, error } = this.#span(record);
      const child = operation.service;
      const parent = services.get(this.#idAt(record + PARENT_ID));
      if (parent === undefined || parent === child) continue;
      const key = JSON.stringify([parent, child]);
      let call = calls.get(key);
      if (!call) calls.set(key, (call = { parent, child, callCount: 0, errorCount: 0 }));
      call.callCount++;
      if (error) call.errorCount++;
    }
    return [...calls.values()];
  }

  #span(record: number): StoredSpan {
    const { f64 } = this.#ring;
    return {
      record,
      operation: this.operations.byId(this.#u32(record + OPERATION)),
      startUs: f64[(record + START) / 8]!,
      durationUs: f64[(record + DURATION) / 8]!,
      error: this.#u32(record + ERROR) === 1,
    };
  }

  /** Records of one group. */
  #encoded(records: readonly number[]): StoredGroup {
    const { bytes } = this.#ring;
    const group = this.#u32(records[0]! + GROUP);
    const resourceEnd = group + GROUP_HEAD_BYTES + this.#u32(group);
    return {
      resource: bytes.subarray(group + GROUP_HEAD_BYTES, resourceEnd),
      scope: bytes.subarray(resourceEnd, resourceEnd + this.#u32(group + 4)),
      spans: records.map((record) => bytes.subarray(...this.#bytesOf(record))),
    };
  }

  #bytesOf(record: number): [from: number, to: number] {
    return [record + HEAD_BYTES, record + HEAD_BYTES + this.#u32(record + LENGTH)];
  }

  #idAt(at: number): string {
    return this.#ring.bytes.toString('latin1', at, at + 8);
  }

  #u32(at: number): number {
    return this.#ring.u32[at / 4]!;
  }
}

function groupKey(message: Buffer, { resource, scope }: Group): string {
  const text =
    message.toString('latin1', resource.from, resource.to) + message.toString('latin1', scope.from, scope.to);
  return `${lengthOf(resource)} ${text}`;
}

function lengthOf({ from, to }: { from: number; to: number }): number {
  return to - from;
}
