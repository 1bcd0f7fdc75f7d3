import type { LogColumns } from '../../trace/log-columns.ts';
import type { LogRecord } from '../../trace/log-record.ts';
import type { Attributes, AttributeValue } from '../../trace/model.ts';
import { Numbered, pairAdder } from './numbered.ts';

/** The columns of log records, which `fromLogColumns` reads on the page. Records of one resource must share its object. */
export function logColumns(records: readonly LogRecord[]): LogColumns {
  const values = new Numbered<AttributeValue>();
  const spanIds = new Numbered<AttributeValue>(values.all); // several small maps are faster than a large one
  const bodies = new Numbered<AttributeValue>(values.all);
  const origins = new Map<Attributes, Map<string, number>>();
  const fromUs = records[0]?.timeUs ?? 0;
  const columns: LogColumns = {
    values: values.all,
    traceIds: [],
    spanIds: [],
    originOf: [],
    origins: [],
    fromUs,
    timesUs: [],
    severityNumbers: [],
    severityTexts: [],
    bodies: [],
    eventNames: [],
    droppedAttributes: [],
    attributes: [],
    attributeEnds: [],
  };
  const addPairs = pairAdder(values);
  const originOf = ({ service, scope, scopeVersion, resource }: LogRecord) => {
    const ofResource = origins.get(resource) ?? new Map<string, number>();
    origins.set(resource, ofResource);
    const key = `${scope}\0${scopeVersion}`;
    const known = ofResource.get(key);
    if (known !== undefined) return known;
    const index =
      columns.origins.push({ service, scope, scopeVersion, resource: addPairs([], resource) }) - 1;
    ofResource.set(key, index);
    return index;
  };

  for (const record of records) {
    columns.traceIds.push(values.of(record.traceId));
    columns.spanIds.push(spanIds.of(record.spanId));
    columns.originOf.push(originOf(record));
    columns.timesUs.push(record.timeUs - fromUs);
    columns.severityNumbers.push(record.severityNumber);
    columns.severityTexts.push(values.of(record.severityText));
    columns.bodies.push(bodies.of(record.body));
    columns.eventNames.push(values.of(record.eventName));
    columns.droppedAttributes.push(record.droppedAttributes);
    addPairs(columns.attributes, record.attributes);
    columns.attributeEnds.push(columns.attributes.length);
  }
  return columns;
}
