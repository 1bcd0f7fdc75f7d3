import { readServices } from '../../workshop/services/definition.ts';
import { freePort } from '../../workshop/net/ports.ts';

/** The trace backend's ports; the variables hold URLs. */
const BACKEND = { JAEGER_URL: 16686, OTEL_EXPORTER_OTLP_ENDPOINT: 4317, OTLP_URL: 4318 };

/**
 * Chooses free ports for the trace backend and for the services of some steps, so that a command can run next to others,
 * and next to a running workshop.
 */
export async function movePorts(stepFolders: string[]) {
  const environment: Record<string, string> = {};
  const free = new Map<number, number>(); // by the usual port

  for (const [variable, port] of Object.entries(BACKEND)) {
    free.set(port, await freePort());
    environment[variable] = `http://localhost:${free.get(port)}`;
  }
  for (const { portVariable, port } of (await Promise.all(stepFolders.map(readServices))).flat()) {
    if (port === undefined || environment[portVariable]) continue;
    free.set(port, free.get(port) ?? (await freePort()));
    environment[portVariable] = String(free.get(port));
  }

  const usual = new Map([...free].map(([from, to]) => [to, from]));
  return {
    /** The variables that set the free ports. */
    environment,
    /** A text with the usual ports replaced by the free ones. */
    moved: (text: string) => replaced(text, /(?<=\b(?:localhost|127\.0\.0\.1):)\d+/g, free),
    /** A text with the free ports replaced by the usual ones. */
    usual: (text: string) => replaced(text, /\b\d{4,5}\b/g, usual),
  };
}

function replaced(text: string, pattern: RegExp, ports: ReadonlyMap<number, number>): string {
  return text.replace(pattern, (port) => String(ports.get(Number(port)) ?? port));
}
