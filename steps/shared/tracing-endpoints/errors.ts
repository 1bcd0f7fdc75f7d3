/** The base class of all errors that this library throws. */
export class TracingError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The requirer hasn't published a valid request yet. */
export class NotReadyError extends TracingError {}

/** The caller wants the endpoint of a protocol that is neither requested nor offered. */
export class ProtocolNotRequestedError extends TracingError {}

/** Data doesn't have the format of the interface, either in a bag that was read or in a call that would write one. */
export class DataValidationError extends TracingError {}

/** A follower unit tried to do something that only the leader may do. */
export class DataAccessPermissionError extends TracingError {}

/** A call left out the relation, although there can be more than one. */
export class AmbiguousRelationUsageError extends TracingError {}

/** The application's metadata has no relation with this name. */
export class RelationNotFoundError extends TracingError {}

/** The application's metadata has a relation with this name, but with another interface. */
export class RelationInterfaceMismatchError extends TracingError {}

/** The application's metadata has a relation with this name, but the application plays another role in it. */
export class RelationRoleMismatchError extends TracingError {}
