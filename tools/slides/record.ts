import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordTrace, traceOfStep } from '../traces/record-trace.ts';
import type { Step } from '../../workshop/course/list.ts';
import type { Trace } from '../../workshop/trace/model.ts';
import { readRecording, recordingFile, shapeOf, wordsOf } from '../traces/recordings.ts';

/**
 * Compares the recording of a step with the trace of a new call; with `write`, replaces a recording that is out of date.
 * Only times and ids may differ.
 */
export async function renewRecording(
  step: Step,
  write: boolean,
): Promise<'as it was' | 'out of date' | 'renewed'> {
  const [old, now] = await Promise.all([readRecording(step).catch(() => undefined), recordStep(step)]);
  if (old && shapeOf(old) === shapeOf(now)) return 'as it was';
  if (!write) return 'out of date';
  await mkdir(dirname(recordingFile(step)), { recursive: true });
  await writeFile(recordingFile(step), textOf(now));
  return 'renewed';
}

/** The trace of the call of a step that the slides show. */
export function recordStep(step: Step): Promise<Trace> {
  const words = wordsOf(step);
  return words.length > 0 ? recordTrace(step.folder, words) : traceOfStep(step);
}

/** One span per line, so that recordings can be compared. */
function textOf({ traceId, spans }: Trace): string {
  const lines = spans.map((span) => `    ${JSON.stringify({ ...span, resource: undefined })}`);
  return `{\n  "traceId": "${traceId}",\n  "spans": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
