import {
  RelationInterfaceMismatchError,
  RelationNotFoundError,
  RelationRoleMismatchError,
} from './errors.ts';

/** The relations that an application can have, by name and by its role in them. */
export interface Metadata {
  provides?: Record<string, RelationMetadata>;
  requires?: Record<string, RelationMetadata>;
  peers?: Record<string, RelationMetadata>;
}

/** A relation that an application can have. */
export interface RelationMetadata {
  /** The name of the interface, the same on both sides. */
  interface: string;
  /** The maximum number of related applications; without it, any number. */
  limit?: number | null;
}

const INTERFACE = 'tracing';

/**
 * Returns the metadata of a relation that an application provides or requires with the interface `tracing`. Throws a
 * RelationNotFoundError, RelationInterfaceMismatchError, or RelationRoleMismatchError, checked in this order.
 */
export function tracingRelation(
  metadata: Metadata,
  name: string,
  role: 'provides' | 'requires',
): RelationMetadata {
  const roles = ['provides', 'requires', 'peers'] as const;
  const actualRole = roles.find((each) => Object.hasOwn(metadata[each] ?? {}, name));
  const relation = actualRole && metadata[actualRole]?.[name];

  if (!relation) throw new RelationNotFoundError(`The metadata has no relation named "${name}": add it.`);
  if (relation.interface !== INTERFACE)
    throw new RelationInterfaceMismatchError(
      `The relation "${name}" has the interface "${relation.interface}", but needs "${INTERFACE}".`,
    );
  if (actualRole !== role)
    throw new RelationRoleMismatchError(
      `The relation "${name}" is under "${actualRole}" in the metadata, but must be under "${role}".`,
    );
  return relation;
}
