import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordTrace } from '../traces/record-trace.ts';
import type { Step } from '../../workshop/course/list.ts';
import type { Trace } from '../../workshop/trace/model.ts';
import { readRecording, recordingFile, shapeOf, wordsOf } from '../traces/recordings.ts';

/**
 * Makes the call of a step again and compares its trace with the recording; with `write`, replaces a recording that is
 * out of date. Only times and ids may differ.
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

/** Makes the call of a step and records its trace for the slides. */
export function recordStep(step: Step): Promise<Trace> {
  return recordTrace(step.folder, { words: wordsOf(step) });
}

/** One span per line, so that recordings can be compared. */
function textOf({ traceId, spans }: Trace): string {
  const lines = spans.map((span) => `    ${JSON.stringify({ ...span, resource: undefined })}`);
  return `{\n  "traceId": "${traceId}",\n  "spans": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
