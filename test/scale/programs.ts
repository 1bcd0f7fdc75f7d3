/** The real programs that `npm run test:scale` runs. docs/scale.md says how to get them. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Paths of programs, and of folders with JAR files. */
export interface Programs {
  otelcol: string;
  jaeger: string;
  java: string;
  kafka: string;
  cassandra: string;
}

const onPath: Record<'otelcol' | 'jaeger' | 'java', { variable: string; names: string[] }> = {
  otelcol: { variable: 'OTELCOL', names: ['otelcol-contrib', 'otelcol'] },
  jaeger: { variable: 'JAEGER', names: ['jaeger'] },
  java: { variable: 'JAVA', names: ['java'] },
};
const jars = { kafka: 'KAFKA_JARS', cassandra: 'CASSANDRA_JARS' };

/**
 * Finds the programs that a test needs: in the variable for each, or on the PATH.
 * @throws Error that says which one is missing
 */
export function findPrograms<Name extends keyof Programs>(...names: Name[]): Pick<Programs, Name> {
  return Object.fromEntries(names.map((name) => [name, find(name)])) as Pick<Programs, Name>;
}

function find(name: keyof Programs): string {
  if (name === 'kafka' || name === 'cassandra') {
    const folder = process.env[jars[name]];
    if (folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith(name)))
      return folder;
    throw missing(`Set ${jars[name]} to the folder with the JAR files of ${name}`);
  }
  const { variable, names } = onPath[name];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = process.env[variable]
    ? [process.env[variable]]
    : folders.flatMap((folder) => names.map((each) => join(folder, each)));
  const found = paths.find((path) => existsSync(path));
  if (!found)
    throw missing(`${names.join(' or ')} is not on the PATH, and ${variable} doesn't contain its path`);
  return found;
}

function missing(what: string): Error {
  return new Error(`${what}. docs/scale.md says how to get it.`);
}
