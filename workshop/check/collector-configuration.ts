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

const kinds = ['receivers', 'processors', 'exporters', 'extensions'] as const;
type Kind = (typeof kinds)[number];

/** The type of a component. */
export function typeOf(id: string): string {
  return id.split('/')[0]!;
}

/** The settings of the components of a kind that pipelines use, by their ids; an empty object for one without settings. */
export function usedComponents(
  configuration: CollectorConfiguration,
  kind: Exclude<Kind, 'extensions'>,
): Map<string, any> {
  return new Map(used(configuration, kind).map((id) => [id, configuration[kind]?.[id] ?? {}]));
}

/** The components that are used but not defined, as in `exporters: kafka`. */
export function undefinedComponents(configuration: CollectorConfiguration): string[] {
  return difference(configuration, used, defined);
}

/** The components that are defined but not used, in the same form. */
export function unusedComponents(configuration: CollectorConfiguration): string[] {
  return difference(configuration, defined, used);
}

/** The ids of the components of a kind that the service uses. */
function used({ service }: CollectorConfiguration, kind: Kind): string[] {
  if (kind === 'extensions') return listedNames(service?.extensions);
  return Object.values(service?.pipelines ?? {}).flatMap((pipeline) => listedNames(pipeline?.[kind]));
}

/** The names in a list that someone has written, which may be a single name, or have empty entries. */
function listedNames(list: unknown): string[] {
  return [list].flat().filter((name) => typeof name === 'string');
}

/** The ids of the components of a kind that have settings. */
function defined(configuration: CollectorConfiguration, kind: Kind): string[] {
  const ids = Object.keys(configuration[kind] ?? {});
  // A connector is an exporter of one pipeline and a receiver of another.
  const isEnd = kind === 'receivers' || kind === 'exporters';
  return isEnd ? [...ids, ...Object.keys(configuration.connectors ?? {})] : ids;
}

function difference(configuration: CollectorConfiguration, some: typeof used, others: typeof used): string[] {
  return kinds.flatMap((kind) => {
    const known = new Set(others(configuration, kind));
    return [...new Set(some(configuration, kind))]
      .filter((id) => !known.has(id))
      .map((id) => `${kind}: ${id}`);
  });
}
