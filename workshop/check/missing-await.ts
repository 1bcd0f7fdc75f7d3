import type { Failure } from './lesson.ts';
import { caller, type Observation } from './observation.ts';

/** The calls in a run.ts that return a promise. */
const asynchronous = /(?<![\w.'])(?:request|fetch|run|[\w.]+\.(?:text|json|shutdown))\(/;
const isHandled = /\b(?:await|return)\s+$|=>\s*$|^\s*(?:\/\/|\*|import\b)|\bfunction\s+$/;

/** The first line of run.ts that calls an asynchronous function without `await`, as a likely cause. */
export function missingAwait(sources: Observation['sources']): Pick<Failure, 'cause' | 'file'> | undefined {
  const lines = sources.get(caller)?.split('\n') ?? [];
  for (const [index, line] of lines.entries()) {
    const found = asynchronous.exec(line);
    if (!found || isHandled.test(line.slice(0, found.index)) || /\.then\(/.test(line)) continue;
    return {
      cause: `Line ${index + 1} does not wait for ${found[0]}…): put await in front of it.`,
      file: `${caller}:${index + 1}`,
    };
  }
  return undefined;
}
