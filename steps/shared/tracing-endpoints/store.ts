/** The data of one application on a relation. Every value is a string; structured values are JSON. */
export type Bag = Readonly<Record<string, string>>;

/** The two sides of a relation. */
export type Role = 'provider' | 'requirer';

/** Where relations and their bags are, and how a change reaches the other side: the transport of a relation. */
export interface RelationStore {
  /** The ids of all relations, sorted. */
  ids(): string[];
  /** Adds a relation, unless it is there already. */
  add(id: string): void;
  /** Removes a relation with its bags, if it is there. */
  remove(id: string): void;
  /** Returns a bag, or undefined if it was never written. */
  read(id: string, role: Role): Bag | undefined;
  /** Replaces a bag. Does nothing if the relation is gone. */
  write(id: string, role: Role, bag: Bag): void;
  /** Calls `listener` soon after each change, or once for several changes. */
  watch(listener: () => void): Watch;
}

/** Something that is being watched. */
export interface Watch {
  /** Stops watching. */
  close(): void;
  /** Lets the process exit while it is still watching, like `unref` of a timer. */
  unref(): void;
}

/** An application on a relation, and the name that the relation has in the application's metadata. */
export interface Side {
  application: string;
  relationName: string;
}

/**
 * Relates two applications, each written as `application` or `application:relation-name`, and returns the id of the
 * relation, such as `backend.tracing+bands-api.tracing`. If they are related already, they stay related.
 */
export function relate(store: RelationStore, provider: string, requirer: string): string {
  const id = `${sideId(provider)}+${sideId(requirer)}`;
  const sides = sidesOf(id);
  if (sides?.provider.application === sides?.requirer.application)
    throw new TypeError(`"${provider}" can't be related to itself.`);
  store.add(id);
  return id;
}

/** Splits the id of a relation into its sides. Returns undefined if it is not the id of a relation. */
export function sidesOf(id: string): Record<Role, Side> | undefined {
  const [, provider, providerName, requirer, requirerName] =
    /^([\w-]+)\.([\w-]+)\+([\w-]+)\.([\w-]+)$/.exec(id) ?? [];
  if (!provider || !providerName || !requirer || !requirerName) return undefined;
  return {
    provider: { application: provider, relationName: providerName },
    requirer: { application: requirer, relationName: requirerName },
  };
}

function sideId(side: string): string {
  const [, application, relationName = 'tracing'] = /^([\w-]+)(?::([\w-]+))?$/.exec(side) ?? [];
  if (application) return `${application}.${relationName}`;
  throw new TypeError(`"${side}" can't be related: write application or application:relation-name.`);
}
