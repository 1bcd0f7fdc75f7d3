import type { MoreColumns, TraceColumns } from '../../trace/columns.ts';
import { type Attributes, type AttributeValue, type Span, spanKinds } from '../../trace/model.ts';
import { Numbered, pairAdder } from './numbered.ts';

/** The columns of a trace, which `fromColumns` reads on the page. Spans of one resource must share its object. */
export function traceColumns(traceId: string, spans: Iterable<Span>): TraceColumns {
  const values = new Numbered<AttributeValue>();
  const resources = new Numbered<Attributes>();
  const scopes = new Numbered<string>();
  const parentIds: (string | undefined)[] = [];
  const columns: TraceColumns = {
    traceId,
    values: values.all,
    ids: [],
    parents: [],
    names: [],
    resourceOf: [],
    resources: [],
    scopeOf: [],
    scopes: [],
    kinds: [],
    fromUs: 0,
    startsUs: [],
    durationsUs: [],
    attributes: [],
    attributeEnds: [],
    more: {},
  };
  const addPairs = pairAdder(values);

  for (const span of spans) {
    const { service, resource, scope: name, scopeVersion: version } = span;
    const index = columns.ids.push(span.spanId) - 1;
    parentIds.push(span.parentId);
    columns.names.push(values.of(span.name));
    const resourceAt = resources.of(resource);
    if (resourceAt === columns.resources.length)
      columns.resources.push({ service, attributes: addPairs([], resource) });
    columns.resourceOf.push(resourceAt);
    const scopeAt = scopes.of(`${name}\0${version}`);
    if (scopeAt === columns.scopes.length) columns.scopes.push({ name, version });
    columns.scopeOf.push(scopeAt);
    columns.kinds.push(spanKinds.indexOf(span.kind));
    columns.startsUs.push(span.startUs);
    columns.durationsUs.push(span.durationUs);
    addPairs(columns.attributes, span.attributes);
    columns.attributeEnds.push(columns.attributes.length);
    const more = moreOf(span, (attributes) => addPairs([], attributes));
    if (more) columns.more[index] = more;
  }

  const indexes = new Map<string, number>();
  for (const [index, id] of columns.ids.entries()) if (!indexes.has(id)) indexes.set(id, index);
  columns.parents = parentIds.map((id) => (id === undefined ? -1 : (indexes.get(id) ?? -2 - values.of(id))));
  const starts = columns.startsUs.filter((us) => us > 0); // 0 is no time
  const fromUs = starts.reduce((earliest, us) => Math.min(earliest, us), starts[0] ?? 0);
  columns.fromUs = fromUs;
  columns.startsUs = columns.startsUs.map((us) => us - fromUs);
  for (const { events = [] } of Object.values(columns.more))
    for (const event of events) event.timeUs -= fromUs;
  return columns;
}

function moreOf(span: Span, pairsOf: (attributes: Attributes) => number[]): MoreColumns | undefined {
  const { error, missingTimes, statusMessage, traceState, events, links, dropped } = span;
  if (
    !error &&
    !missingTimes &&
    !statusMessage &&
    !traceState &&
    !dropped &&
    events.length + links.length === 0
  )
    return undefined;
  return {
    ...(error && { error }),
    ...(missingTimes && { missingTimes }),
    ...(statusMessage && { statusMessage }),
    ...(traceState && { traceState }),
    ...(events.length > 0 && {
      events: events.map(({ name, timeUs, attributes, droppedAttributes }) => ({
        name,
        timeUs,
        attributes: pairsOf(attributes),
        ...(droppedAttributes && { droppedAttributes }),
      })),
    }),
    ...(links.length > 0 && { links }),
    ...(dropped && { dropped }),
  };
}
