import type { AttributeValue } from '../../trace/model.ts';
import type { MoreColumns, TraceColumns } from '../../trace/columns.ts';
import { toJaegerProcess, toJaegerTag } from '../jaeger/trace.ts';
import {
  type Attribute,
  decodeResource,
  decodeScope,
  decodeSpan,
  decodeValue,
  readId,
} from '../otlp/decode.ts';
import { WireReader } from '../otlp/wire.ts';
import type { StoredGroup } from '../store/store.ts';
import { Values } from './values.ts';

const STATUS_OK = 1;
const STATUS_ERROR = 2;
const MOST_KIND = 5;

/**
 * The columns of a trace, straight from the bytes in which its spans came: a page asks for thousands of spans at a time,
 * and nearly all that they say has been said by another span before. What Jaeger names in its own way (a span without
 * a name, a value that is a list) is named as there; a span that ends before it starts keeps its negative duration.
 */
export function traceColumns(traceId: string, groups: Iterable<StoredGroup>): TraceColumns {
  const builder = new Builder(traceId);
  for (const group of groups) builder.addGroup(group);
  return builder.finish();
}

class Builder {
  readonly #values = new Values();
  readonly #columns: TraceColumns;
  readonly #parentIds: string[] = [];
  readonly #resources = new Map<string, number>();
  readonly #scopes = new Map<string, number>();

  constructor(traceId: string) {
    this.#columns = {
      traceId,
      values: this.#values.all,
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
  }

  addGroup({ resource, scope, spans }: StoredGroup): void {
    const resourceAt = this.#resource(resource);
    const scopeAt = this.#scope(scope);
    for (const span of spans) {
      this.#columns.resourceOf.push(resourceAt);
      this.#columns.scopeOf.push(scopeAt);
      this.#addSpan(span);
    }
  }

  /** Parents and starts are known when all spans are. */
  finish(): TraceColumns {
    const { ids, more } = this.#columns;
    const indexes = new Map<string, number>();
    for (const [index, id] of ids.entries()) if (!indexes.has(id)) indexes.set(id, index);
    const parents = this.#parentIds.map((id) =>
      id === '' ? -1 : (indexes.get(id) ?? -2 - this.#values.of(id)),
    );
    const { startsUs } = this.#columns;
    const fromUs = startsUs.reduce((earliest, us) => Math.min(earliest, us), startsUs[0] ?? 0);
    for (const { events = [] } of Object.values(more)) for (const event of events) event.timeUs -= fromUs;
    return { ...this.#columns, parents, fromUs, startsUs: startsUs.map((us) => us - fromUs) };
  }

  #addSpan(bytes: Buffer): void {
    const columns = this.#columns;
    const reader = new WireReader(bytes);
    let id = '';
    let parentId = '';
    let name = -1;
    let kind = 0;
    let startNs = 0n;
    let endNs = 0n;
    let hasMore = false;
    while (reader.at < bytes.length) {
      const tag = reader.tag();
      switch (tag >>> 3) {
        case 2:
          id = readId(reader);
          break;
        case 4:
          parentId = readId(reader);
          break;
        case 5:
          name = this.#values.readText(reader);
          break;
        case 6:
          kind = reader.varint();
          break;
        case 7:
          startNs = reader.fixed64();
          break;
        case 8:
          endNs = reader.fixed64();
          break;
        case 9:
          this.#readAttribute(reader);
          break;
        default:
          // Trace state, events, links and status.
          hasMore ||= [3, 11, 13, 15].includes(tag >>> 3);
          reader.skip(tag & 7);
      }
    }
    const index = columns.ids.push(id) - 1;
    this.#parentIds.push(parentId);
    const isNameless = name < 0 || this.#values.all[name] === '';
    columns.names.push(isNameless ? this.#values.of('empty-span-name') : name);
    columns.kinds.push(kind <= MOST_KIND ? kind : 0);
    columns.startsUs.push(Number(startNs / 1_000n));
    columns.durationsUs.push(Number((endNs - startNs) / 1_000n));
    if (hasMore) this.#addMore(index, bytes);
    columns.attributeEnds.push(columns.attributes.length);
  }

  #readAttribute(reader: WireReader): void {
    const end = reader.fieldEnd();
    let key = -1;
    let value = -1;
    while (reader.at < end) {
      const tag = reader.tag();
      if (tag >>> 3 === 1) key = this.#values.readText(reader);
      else if (tag >>> 3 === 2) value = this.#readValue(reader);
      else reader.skip(tag & 7);
    }
    this.#columns.attributes.push(
      key < 0 ? this.#values.of('') : key,
      value < 0 ? this.#values.of('') : value,
    );
  }

  /** Texts, which nearly all values are, are read where they lie; for the rest there is what reads them for Jaeger. */
  #readValue(reader: WireReader): number {
    const end = reader.fieldEnd();
    const from = reader.at;
    const TEXT = 0x0a;
    if (reader.bytes[from] === TEXT) {
      reader.at++;
      const value = this.#values.readText(reader);
      if (reader.at === end) return value;
    }
    reader.at = end;
    return this.#values.of(
      toJaegerTag({ key: '', value: decodeValue(reader.bytes.subarray(from, end)) }).value,
    );
  }

  #addMore(index: number, bytes: Buffer): void {
    const { statusCode, statusMessage, traceState, events, links } = decodeSpan(bytes);
    const more: MoreColumns = {
      ...(statusCode === STATUS_ERROR && { error: true }),
      ...(statusMessage && { statusMessage }),
      ...(traceState && { traceState }),
      ...(events.length > 0 && {
        events: events.map(({ name, timeNs, attributes }) => {
          const named = attributes.find(({ key }) => key === 'event');
          return {
            name: named ? String(toJaegerTag(named).value) : name,
            timeUs: Number(timeNs / 1_000n),
            attributes: this.#pairs(attributes.filter((attribute) => attribute !== named)),
          };
        }),
      }),
      ...(links.length > 0 && {
        links: links
          .filter(({ traceId }) => traceId !== '')
          .map(({ traceId, spanId }) => ({ traceId, spanId })),
      }),
    };
    if (statusCode === STATUS_OK) {
      this.#columns.attributes.push(this.#values.of('otel.status_code'), this.#values.of('OK'));
    }
    if (Object.keys(more).length > 0) this.#columns.more[index] = more;
  }

  #resource(bytes: Buffer): number {
    return numberIn(this.#resources, bytes, () => {
      const attributes = decodeResource(bytes);
      return this.#columns.resources.push({
        service: toJaegerProcess(attributes).serviceName,
        attributes: this.#pairs(attributes.filter(({ key }) => key !== 'service.name')),
      });
    });
  }

  #scope(bytes: Buffer): number {
    return numberIn(this.#scopes, bytes, () => {
      const { name, version } = decodeScope(bytes);
      return this.#columns.scopes.push({ name, version });
    });
  }

  #pairs(attributes: readonly Attribute[]): number[] {
    return attributes.flatMap((attribute) => {
      const value: AttributeValue = toJaegerTag(attribute).value;
      return [this.#values.of(attribute.key), this.#values.of(value)];
    });
  }
}

/** The index at which something encoded is in a list; where it is new, `push` adds it and gives the list's new length. */
function numberIn(known: Map<string, number>, bytes: Buffer, push: () => number): number {
  const key = bytes.toString('latin1');
  let index = known.get(key);
  if (index === undefined) known.set(key, (index = push() - 1));
  return index;
}
