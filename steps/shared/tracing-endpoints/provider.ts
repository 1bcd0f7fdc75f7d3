import { EventEmitter } from 'node:events';
import { providerBag, type RawReceiver, readRequest } from './data.ts';
import { NotReadyError } from './errors.ts';
import { tracingRelation } from './metadata.ts';
import type { ReceiverProtocol } from './protocols.ts';
import { undefinedOn } from './undefined-on.ts';
import type { Relation, Unit } from './unit.ts';

/** A requirer has published a valid request: its first one, another one, or the same one again. */
export interface RequestEvent {
  relation: Relation;
  requestedReceivers: ReceiverProtocol[];
}

/** A requirer is gone. */
export interface BrokenEvent {
  relation: Relation;
}

/** Options of a provider. */
export interface ProviderOptions {
  /** The relation's name in the metadata (default: `tracing`). */
  relationName?: string;
}

/** The side that receives traces. It learns which protocols are requested, and publishes where it receives them. */
export class TracingEndpointProvider extends EventEmitter<{
  request: [RequestEvent];
  broken: [BrokenEvent];
}> {
  readonly unit: Unit;
  readonly #relationName: string;

  /**
   * Throws a RelationNotFoundError, RelationInterfaceMismatchError, or RelationRoleMismatchError if the metadata of the
   * application doesn't provide a relation with this name and the interface `tracing`.
   */
  constructor(unit: Unit, { relationName = 'tracing' }: ProviderOptions = {}) {
    super();
    tracingRelation(unit.metadata, relationName, 'provides');
    this.unit = unit;
    this.#relationName = relationName;

    unit.observe(relationName, ['created', 'joined', 'changed'], (relation) => this.#emitRequest(relation));
    unit.observe(relationName, ['changed'], (relation) => this.#warnIfInvalid(relation));
    unit.observe(relationName, ['broken'], (relation) => this.emit('broken', { relation }));
  }

  /** The relations with all requirers, ready or not. */
  get relations(): Relation[] {
    return this.unit.relations(this.#relationName);
  }

  /** Returns the protocols that one requirer requests. Throws a NotReadyError if it has published no valid request. */
  requestedReceivers(relation: Relation): ReceiverProtocol[] {
    const { remoteApplication, remoteData } = relation;
    try {
      return readRequest(remoteData);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new NotReadyError(`${remoteApplication} has published no valid request. ${reason}`, { cause });
    }
  }

  /** Whether the requirer on this relation has published a valid request. */
  isRequirerReady(relation: Relation): boolean {
    return this.#ifReady(relation) !== undefined;
  }

  /** Returns the protocols that any requirer requests. Invalid requests are skipped. */
  requestedProtocols(): Set<ReceiverProtocol> {
    return new Set(this.relations.flatMap((relation) => this.#ifReady(relation) ?? []));
  }

  /**
   * Publishes to all requirers where each protocol is received, in place of what was published before. Throws a
   * DataAccessPermissionError on a follower, and a DataValidationError for an unknown protocol.
   */
  publishReceivers(receivers: readonly RawReceiver[]): void {
    this.unit.requireLeader();
    for (const relation of this.relations) relation.write(providerBag(receivers));
  }

  #ifReady(relation: Relation): ReceiverProtocol[] | undefined {
    return undefinedOn(NotReadyError, () => this.requestedReceivers(relation));
  }

  #emitRequest(relation: Relation): void {
    const requestedReceivers = this.#ifReady(relation);
    if (requestedReceivers) this.emit('request', { relation, requestedReceivers });
  }

  #warnIfInvalid(relation: Relation): void {
    undefinedOn(
      NotReadyError,
      () => this.requestedReceivers(relation),
      ({ message }) => this.unit.log.warn(message),
    );
  }
}
