export type { ProviderData, RawReceiver, Receiver } from './data.ts';
export * from './errors.ts';
export { FileStore } from './file-store.ts';
export { MemoryStore } from './memory-store.ts';
export type { Metadata, RelationMetadata } from './metadata.ts';
export {
  type Address,
  protocolNames,
  protocols,
  type ReceiverProtocol,
  receiverUrl,
  type TransportProtocol,
} from './protocols.ts';
export {
  type BrokenEvent,
  type ProviderOptions,
  type RequestEvent,
  TracingEndpointProvider,
} from './provider.ts';
export { publishRequested, type Receivers } from './publish-requested.ts';
export {
  type EndpointChangedEvent,
  type EndpointRemovedEvent,
  type RequirerOptions,
  TracingEndpointRequirer,
} from './requirer.ts';
export { type Bag, relate, type RelationStore, type Role, type Watch } from './store.ts';
export { type TracingConfig, tracingConfig } from './tracing-config.ts';
export { type Log, type Relation, type RelationEvents, Unit, type UnitOptions } from './unit.ts';
