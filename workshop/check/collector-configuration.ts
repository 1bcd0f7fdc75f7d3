/** Configurations of the OpenTelemetry Collector, and of programs that are built from its parts, such as Jaeger. */

/** Settings by the id of the component, which is its type, or `type/name`. */
type Components = Record<string, any> | null;

/** The part of a configuration that checks look at (Collector documentation, "Configuration"). */
export interface CollectorConfiguration {
  receivers?: Components;
  processors?: Components;
  exporters?: Components;
  connectors?: Components;
  extensions?: Components;
  service?: { extensions?: string[]; pipelines?: Record<string, Pipeline | null> | null } | null;
}

export interface Pipeline {
  receivers?: string[];
  processors?: string[];
  exporters?: string[];
}

type Kind = 'receivers' | 'processors' | 'exporters' | 'extensions';

/** The type of a component. */
export function typeOf(id: string): string {
  return id.split('/')[0]!;
}

/** The settings of the components of a kind that pipelines use, by their ids; an empty object for one without settings. */
export function usedComponents(
  configuration: CollectorConfiguration,
  kind: Exclude<Kind, 'extensions'>,
): Map<string, any> {
  return new Map([...used(configuration)[kind]].map((id) => [id, configuration[kind]?.[id] ?? {}]));
}

/** The components that are used but not defined, as in `exporters: kafka`. */
export function undefinedComponents(configuration: CollectorConfiguration): string[] {
  return difference(used(configuration), defined(configuration));
}

/** The components that are defined but not used, in the same form. */
export function unusedComponents(configuration: CollectorConfiguration): string[] {
  return difference(defined(configuration), used(configuration));
}

type Ids = Record<Kind, Set<string>>;

function used({ service }: CollectorConfiguration): Ids {
  const pipelines = Object.values(service?.pipelines ?? {});
  const ids = (kind: keyof Pipeline) =>
    new Set(pipelines.flatMap((pipeline) => listedNames(pipeline?.[kind])));
  return {
    receivers: ids('receivers'),
    processors: ids('processors'),
    exporters: ids('exporters'),
    extensions: new Set(listedNames(service?.extensions)),
  };
}

/** The names in a list that someone has written, which may be a single name, or have empty entries. */
function listedNames(list: unknown): string[] {
  return [list].flat().filter((name) => typeof name === 'string');
}

function defined({ connectors, ...components }: CollectorConfiguration): Ids {
  const ids = (kind: Kind) => Object.keys(components[kind] ?? {});
  const both = Object.keys(connectors ?? {}); // a connector is an exporter of one pipeline and a receiver of another
  return {
    receivers: new Set([...ids('receivers'), ...both]),
    processors: new Set(ids('processors')),
    exporters: new Set([...ids('exporters'), ...both]),
    extensions: new Set(ids('extensions')),
  };
}

function difference(some: Ids, others: Ids): string[] {
  return (Object.keys(some) as Kind[]).flatMap((kind) =>
    [...some[kind]].filter((id) => !others[kind].has(id)).map((id) => `${kind}: ${id}`),
  );
}
