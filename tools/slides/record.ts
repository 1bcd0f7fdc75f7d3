import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordingOfStep, recordTrace } from '../traces/record-trace.ts';
import type { Step } from '../../workshop/course/list.ts';
import { readRecording, type Recording, recordingFile, shapeOf, wordsOf } from '../traces/recordings.ts';

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
export function recordStep(step: Step): Promise<Recording> {
  const words = wordsOf(step);
  return words.length > 0 ? recordTrace(step.folder, words) : recordingOfStep(step);
}

/** One span or log record per line, so that recordings can be compared. */
function textOf({ traceId, spans, logs }: Recording): string {
  const listOf = (items: object[]) => {
    const lines = items.map((item) => `    ${JSON.stringify({ ...item, resource: undefined })}`);
    return lines.length > 0 ? `[\n${lines.join(',\n')}\n  ]` : '[]';
  };
  return `{\n  "traceId": "${traceId}",\n  "spans": ${listOf(spans)},\n  "logs": ${listOf(logs)}\n}\n`;
}
