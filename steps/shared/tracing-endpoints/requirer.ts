import { EventEmitter } from 'node:events';
import { type ProviderData, readProviderData, readRequest, type Receiver, requestBag } from './data.ts';
import { AmbiguousRelationUsageError, DataValidationError, ProtocolNotRequestedError } from './errors.ts';
import { tracingRelation } from './metadata.ts';
import type { ReceiverProtocol } from './protocols.ts';
import { undefinedOn } from './undefined-on.ts';
import type { Relation, Unit } from './unit.ts';

/** The provider offers different receivers than before. */
export interface EndpointChangedEvent {
  relation: Relation;
  receivers: Receiver[];
}

/** The provider is gone, or what it publishes is no longer valid. */
export interface EndpointRemovedEvent {
  relation: Relation;
}

/** Options of a requirer. */
export interface RequirerOptions {
  /** The relation's name in the metadata (default: `tracing`). */
  relationName?: string;
  /** What the leader requests over every relation. Without it, call `requestProtocols`. */
  protocols?: readonly ReceiverProtocol[];
}

/**
 * The side that sends traces. It requests protocols, and learns where to send traces. A method that can be called without
 * a relation throws an AmbiguousRelationUsageError if the metadata doesn't limit the relation to one.
 */
export class TracingEndpointRequirer extends EventEmitter<{
  endpointChanged: [EndpointChangedEvent];
  endpointRemoved: [EndpointRemovedEvent];
}> {
  readonly unit: Unit;
  readonly #relationName: string;
  readonly #isSingle: boolean;
  /** What it requests over every relation, including one that another process has just removed. */
  readonly #protocols: readonly ReceiverProtocol[];

  /**
   * Throws a RelationNotFoundError, RelationInterfaceMismatchError, or RelationRoleMismatchError if the metadata of the
   * application doesn't require a relation with this name and the interface `tracing`, and a DataValidationError for an
   * unknown protocol.
   */
  constructor(unit: Unit, { relationName = 'tracing', protocols = [] }: RequirerOptions = {}) {
    super();
    const { limit } = tracingRelation(unit.metadata, relationName, 'requires');
    this.unit = unit;
    this.#relationName = relationName;
    this.#isSingle = limit === 1;
    this.#protocols = unit.isLeader ? protocols : [];

    if (unit.isLeader && protocols.length > 0) {
      this.requestProtocols(protocols);
      unit.observe(relationName, ['created'], (relation) => {
        if (!relation.localData) this.requestProtocols(protocols, relation);
      });
    }
    unit.observe(relationName, ['changed'], (relation) => this.#emitChange(relation));
    unit.observe(relationName, ['broken'], (relation) => this.emit('endpointRemoved', { relation }));
  }

  /** The relations with all providers. */
  get relations(): Relation[] {
    return this.unit.relations(this.#relationName);
  }

  /**
   * Requests protocols over one relation or all, in place of what was requested before. Throws a
   * DataAccessPermissionError on a follower, and a DataValidationError for an unknown protocol or none at all.
   */
  requestProtocols(protocols: readonly ReceiverProtocol[], relation?: Relation): void {
    if (protocols.length === 0) throw new DataValidationError('Request at least one protocol.');
    this.unit.requireLeader();
    for (const each of relation ? [relation] : this.relations) each.write(requestBag(protocols));
  }

  /** Whether the provider has published valid data. */
  isReady(relation?: Relation): boolean {
    return this.getAllEndpoints(relation) !== undefined;
  }

  /** Returns what the provider has published, or undefined if there is no provider or no valid data yet. */
  getAllEndpoints(relation: Relation | undefined = this.#onlyRelation()): ProviderData | undefined {
    return relation && undefinedOn(DataValidationError, () => readProviderData(relation.remoteData));
  }

  /**
   * Returns where to send traces in a protocol, or undefined if it was requested but isn't offered (yet). Throws a
   * ProtocolNotRequestedError if it is neither offered nor requested.
   */
  getEndpoint(protocol: ReceiverProtocol, relation?: Relation): string | undefined {
    const offered = this.getAllEndpoints(relation)?.receivers ?? [];
    const url = offered.find(({ protocol: { name } }) => name === protocol)?.url;
    if (url) return url;

    const relations = relation ? [relation] : this.relations;
    const requested = relations.flatMap(
      ({ localData }) => undefinedOn(DataValidationError, () => readRequest(localData)) ?? [],
    );
    if ([...this.#protocols, ...requested].includes(protocol)) return undefined;
    throw new ProtocolNotRequestedError(
      `"${protocol}" is neither offered nor requested: request it with requestProtocols.`,
    );
  }

  #onlyRelation(): Relation | undefined {
    if (this.#isSingle) return this.relations[0];
    throw new AmbiguousRelationUsageError(
      `There can be several relations "${this.#relationName}": pass one, or set its limit to 1 in the metadata.`,
    );
  }

  #emitChange(relation: Relation): void {
    const data = undefinedOn(
      DataValidationError,
      () => readProviderData(relation.remoteData),
      ({ message }) => this.unit.log.warn(`${relation.remoteApplication} offers no endpoint. ${message}`),
    );
    if (data) this.emit('endpointChanged', { relation, receivers: data.receivers });
    else this.emit('endpointRemoved', { relation });
  }
}
