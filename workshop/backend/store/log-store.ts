import type { LogRecord } from '../../trace/log-record.ts';
import { type ArrivedLogRecord, readLogRequest } from '../otlp/arrival.ts';
import { logSignal } from '../otlp/messages.ts';
import { readLogRecord } from '../otlp/log-record.ts';
import { bytesOf, type Group, Intake, sharedReader, type StoredItem } from './intake.ts';

/** How much is kept. When one of the limits is reached, the records that arrived first are dropped. */
export interface LogLimits {
  /** Records kept at a time. */
  records: number;
  /** Roughly the memory for the records and for finding them. */
  bytes: number;
}

/** A record as it is kept, with the fields by which it is found. The id and the severity are as in `ArrivedLogRecord`. */
export interface StoredLogRecord extends StoredItem {
  readonly traceId: string;
  /** When it happened, was observed, or arrived. µs since 1970. */
  readonly timeUs: number;
  readonly severityNumber: number;
}

/** As many as spans: enough for 24 hours of a workshop. */
const defaultLimits: LogLimits = { records: 102_000, bytes: 40 * 1024 * 1024 };

/** Roughly how much memory a record takes in addition to the bytes that arrived, in bytes. */
const RECORD_BYTES = 150;

/**
 * Keeps log records as the bytes in which they arrived. A search goes through all of them, because an index would take
 * more memory than the records. Records are decoded only if they may match.
 */
export class LogStore extends Intake<ArrivedLogRecord> {
  readonly #limits: LogLimits;
  readonly #groups = new Map<Group, StoredLogRecord[]>();
  /** Iterates over the groups, oldest first. It never ends, because each group that it returns is then dropped. */
  readonly #oldestFirst = this.#groups.keys();

  constructor(limits: Partial<LogLimits> = {}) {
    const all = { ...defaultLimits, ...limits };
    const most = { items: all.records, bytes: all.bytes };
    super({ signal: logSignal, read: readLogRequest, most, itemBytes: RECORD_BYTES });
    this.#limits = all;
  }

  /** Every record can be kept: one without ids was logged outside a span. */
  protected objectionTo(): string {
    return '';
  }

  protected index(record: ArrivedLogRecord, group: Group, from: number, to: number): void {
    const { traceId, severityNumber } = record;
    const timeUs = record.timeUs || Date.now() * 1_000;
    const known = this.#groups.get(group);
    const stored = { traceId, timeUs, severityNumber, group, from, to };
    if (known) known.push(stored);
    else this.#groups.set(group, [stored]);
  }

  protected newest(): StoredLogRecord[][] {
    return [...this.#groups.values()].toReversed();
  }

  protected dropOldest(): boolean {
    if (this.#groups.size === 0) return false;
    const group = this.#oldestFirst.next().value!;
    for (const _ of this.#groups.get(group)!) this.release(group);
    this.#groups.delete(group);
    return true;
  }

  /** The services of the records, sorted. */
  services(): string[] {
    return [...new Set([...this.#groups.keys()].map(({ service }) => service))].toSorted();
  }

  /** All records, the newest first: in the reverse order of arrival. */
  *newestFirst(): Generator<StoredLogRecord> {
    for (const records of this.newest()) {
      for (let index = records.length - 1; index >= 0; index--) yield records[index]!;
    }
  }

  /**
   * Returns a function that reads records. Those of one resource share it.
   */
  reader(): (record: StoredLogRecord) => LogRecord {
    const sharedOf = sharedReader();
    return (stored) => {
      const { resource, scope } = sharedOf(stored.group);
      return readLogRecord(bytesOf(stored), stored, resource, scope);
    };
  }

  /** A text that changes when records arrive or are dropped: any records, or those of a trace. */
  stateOf(traceId?: string): string {
    const { accepted, dropped } = this.counts();
    if (traceId === undefined) return `${accepted}-${dropped}`;
    let count = 0;
    let newest: StoredLogRecord | undefined;
    for (const record of this.newestFirst()) {
      if (record.traceId !== traceId) continue;
      newest ??= record;
      count++;
    }
    return `${count}-${newest?.timeUs}-${newest?.from}`;
  }

  /** What the store contains, and what has arrived since it was created. */
  status() {
    const { items, ...counts } = this.counts();
    return { records: items, limits: this.#limits, ...counts };
  }
}
