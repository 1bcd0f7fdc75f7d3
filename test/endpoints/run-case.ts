import { fileURLToPath } from 'node:url';
import {
  type Bag,
  type Metadata,
  type ReceiverProtocol,
  relate,
  type Relation,
  type RelationEvents,
  type RelationStore,
  type Role,
  TracingEndpointProvider,
  TracingEndpointRequirer,
  tracingConfig,
  Unit,
} from '#shared/tracing-endpoints/index.ts';

/** A row of the table: what there is, what happens, and the outcome. */
export interface Case {
  id: string;
  side: Role;
  what: string;
  /** Whether our unit is the leader (default: true). */
  leader?: boolean;
  /** The metadata of our application (default: a relation `tracing` of this side). */
  meta?: Metadata;
  relationName?: string;
  /** How many relations a requirer can have (default: 1); null for any number. */
  limit?: number | null;
  /** What a requirer requests at construction. */
  protocols?: ReceiverProtocol[];
  relations: { localAppData: Bag; remoteAppData: Bag }[];
  /** What happens after the calls in `do`, and to which relation. */
  event: ['update-status'] | [name: keyof RelationEvents, relation: number];
  do: Call[];
  expect: Outcome;
}

/** A method and its arguments. A relation is given by its index. */
type Call = [method: string, ...args: unknown[]];

/** What comes of a case, in JSON. */
export interface Outcome {
  constructorError?: string;
  /** Our application's bag on each relation, parsed; null where the relation is gone. */
  localAppData?: unknown[];
  /** What each call in `do` returns or throws. */
  results?: ({ value: unknown } | { error: string })[];
  events: unknown[];
}

const existingFile = fileURLToPath(import.meta.url);
const silent = { warn() {}, error() {} };

/** Runs a case with the relations in an empty store. */
export function runCase(given: Case, store: RelationStore): Outcome {
  const { side, relationName = 'tracing', leader: isLeader = true, event } = given;
  const remoteSide = side === 'provider' ? 'requirer' : 'provider';
  const unit = new Unit(store, { application: 'local', isLeader, metadata: metadataOf(given), log: silent });
  const ids = given.relations.map(({ localAppData, remoteAppData }, index) => {
    const sides = { [side]: `local:${relationName}`, [remoteSide]: `remote-${index}` } as Record<
      Role,
      string
    >;
    const id = relate(store, sides.provider, sides.requirer);
    store.write(id, side, localAppData);
    store.write(id, remoteSide, remoteAppData);
    return id;
  });
  const relations = ids.map((id) => unit.relations(relationName).find((relation) => relation.id === id)!);
  if (event[0] === 'broken') store.remove(ids[event[1]]!); // a relation is broken once it is gone

  const events: unknown[] = [];
  let endpoint;
  try {
    endpoint = side === 'provider' ? providerOf(unit, given, events) : requirerOf(unit, given, events);
  } catch (error) {
    return { constructorError: (error as Error).name, events };
  }
  const results = given.do.map((call) => resultOf(endpoint, call, relations));
  if (event[0] !== 'update-status') unit.emit(event[0], relations[event[1]]!);

  const localAppData = ids.map((id) => (store.ids().includes(id) ? parsed(store.read(id, side)!) : null));
  return { localAppData, ...(results.length > 0 && { results }), events };
}

function metadataOf({ side, meta, limit = 1 }: Case): Metadata {
  if (meta) return meta;
  return side === 'provider'
    ? { provides: { tracing: { interface: 'tracing' } } }
    : { requires: { tracing: { interface: 'tracing', limit } } };
}

type Methods = Record<string, (...args: any[]) => unknown>;

function providerOf(unit: Unit, { relationName = 'tracing' }: Case, events: unknown[]): Methods {
  const provider = new TracingEndpointProvider(unit, { relationName });
  provider.on('request', ({ requestedReceivers }) => events.push(['request', requestedReceivers]));
  provider.on('broken', () => events.push(['broken']));
  return {
    isRequirerReady: (relation) => provider.isRequirerReady(relation),
    requestedProtocols: () => [...provider.requestedProtocols()].toSorted(),
    publishReceivers: (receivers) => provider.publishReceivers(receivers),
  };
}

function requirerOf(
  unit: Unit,
  { relationName = 'tracing', protocols = [] }: Case,
  events: unknown[],
): Methods {
  const requirer = new TracingEndpointRequirer(unit, { relationName, protocols });
  requirer.on('endpointChanged', ({ receivers }) => events.push(['endpointChanged', receivers]));
  requirer.on('endpointRemoved', () => events.push(['endpointRemoved']));
  return {
    requestProtocols: (wanted, relation) => requirer.requestProtocols(wanted, relation),
    isReady: (relation) => requirer.isReady(relation),
    getAllEndpoints: (relation) => requirer.getAllEndpoints(relation),
    getEndpoint: (protocol, relation) => requirer.getEndpoint(protocol, relation),
    tracingConfig(certPath) {
      const config = tracingConfig(
        requirer,
        certPath === 'EXISTING' ? existingFile : (certPath ?? undefined),
      );
      return [
        config?.url ?? null,
        config?.certPath === existingFile ? 'EXISTING' : (config?.certPath ?? null),
      ];
    },
  };
}

function resultOf(methods: Methods, [method, ...args]: Call, relations: Relation[]) {
  try {
    const value = methods[method]!(...args.map((arg) => (typeof arg === 'number' ? relations[arg] : arg)));
    return { value: value ?? null };
  } catch (error) {
    return { error: (error as Error).name };
  }
}

/** A bag with its values parsed, as far as they are JSON. */
function parsed(bag: Bag) {
  return Object.fromEntries(Object.entries(bag).map(([key, text]) => [key, parseOrText(text)]));
}

function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
