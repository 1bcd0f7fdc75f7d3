import type { Observation } from '#workshop/check/observation';

/** Replaces a text in a configuration. */
export function configure({ sources }: Observation, file: string, from: string, to: string): void {
  const text = sources.get(file);
  if (!text?.includes(from)) throw new Error(`${file} does not contain: ${from}`);
  sources.set(file, text.replace(from, to));
}

/** Changes the object that a program printed with --json. */
export function report<T>({ programs }: Observation, program: string, change: (printed: T) => void): void {
  const outcome = programs.get(program)!;
  const printed = JSON.parse(outcome.stdout[0]!) as T;
  change(printed);
  outcome.stdout[0] = JSON.stringify(printed);
}
