/** What happened in a trace, in chronological order: the events of its spans and its log records. */
import { computed } from '@preact/signals';
import { finder } from '../../trace/find.ts';
import { logFinder } from '../../trace/find-log.ts';
import { type LogRecord, messageOf } from '../../trace/log-record.ts';
import { type LogLevel, levelOf } from '../../trace/log-text.ts';
import type { Attributes } from '../../trace/model.ts';
import type { Row } from '../../trace/waterfall.ts';
import { filterMatches, findText, isFiltered } from './filters.ts';
import { leastSeverity, shownLogs } from './logs.ts';
import { rowIndexes, rows } from './state.ts';

export interface Moment {
  key: string;
  /** The span in which it happened, if it is in the trace. */
  row: Row | undefined;
  service: string;
  timeUs: number;
  /** The name of an event, or what a log record says. */
  text: string;
  level: LogLevel;
  /** Undefined for the event of a span. */
  record: LogRecord | undefined;
  attributes: Attributes;
}

const eventMoments = computed(momentsOfEvents);
/** The shown log records of the spans that match the filters; those of no span, if there are no filters. */
const records = computed(() => (isFiltered.value ? shownLogs.value.filter(isOfMatch) : shownLogs.value));

/** How many `moments` there are. The toolbar shows it; to create the moments of many records takes long. */
export const momentCount = computed(() => eventMoments.value.length + records.value.length);
/** The events and log records of the spans that match the filters. */
export const moments = computed<readonly Moment[]>(() =>
  [...eventMoments.value, ...records.value.map(momentOf)].toSorted((a, b) => a.timeUs - b.timeUs),
);

/** The moments that contain the search text. */
export const foundMoments = computed(() => {
  const inRecord = logFinder(findText.value);
  const inEvent = eventFinder(findText.value);
  if (!inRecord || !inEvent) return moments.value;
  const found = moments.value.filter((moment) => (moment.record ? inRecord(moment.record) : inEvent(moment)));
  return found;
});

/** An event that isn't an exception has no severity: it is shown only with log records of every severity. */
function momentsOfEvents(): Moment[] {
  const matching = rows.value.filter((_, index) => isMatching(index));
  return matching.flatMap((row) =>
    row.span.events
      .map(({ name, timeUs, attributes }, place): Moment => ({
        key: `${row.span.spanId} ${place}`,
        row,
        service: row.span.service,
        timeUs,
        text: name || 'event',
        level: name === 'exception' ? 'error' : 'other',
        record: undefined,
        attributes,
      }))
      .filter(({ level }) => leastSeverity.value === '' || level === 'error'),
  );
}

function momentOf(record: LogRecord, place: number): Moment {
  return {
    key: `log ${place}`,
    row: rows.value[rowIndexes.value.get(record.spanId) ?? -1],
    service: record.service,
    timeUs: record.timeUs,
    text: messageOf(record),
    level: levelOf(record),
    record,
    get attributes() {
      return record.attributes;
    },
  };
}

function isOfMatch({ spanId }: LogRecord): boolean {
  const index = rowIndexes.value.get(spanId);
  return index !== undefined && isMatching(index);
}

function isMatching(index: number): boolean {
  return !filterMatches.value || filterMatches.value[index] === 'match';
}

function eventFinder(text: string): ((moment: Moment) => boolean) | undefined {
  const contains = (value: unknown, wanted: string) =>
    String(value).toLowerCase().includes(wanted.toLowerCase());
  return finder(
    text,
    (word) =>
      ({ text: name, service, row, attributes }) =>
        contains(name, word) ||
        contains(service, word) ||
        row?.span.spanId === word.toLowerCase() ||
        Object.entries(attributes).some(([key, value]) => key === word || contains(value, word)),
    (key, wanted) =>
      ({ service, attributes }) =>
        [key === 'service' ? service : undefined, attributes[key]].some(
          (value) => value !== undefined && String(value).toLowerCase() === wanted.toLowerCase(),
        ),
  );
}
