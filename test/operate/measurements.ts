/** Edits of an observation of step 22: what its measuring program printed, and which traces arrived. */
import type { Measurement } from '#workshop/check/judges/sampling';
import type { Observation } from '#workshop/check/observation';
import type { Attributes } from '#workshop/trace/model';
import { span } from '../trace/spans.ts';

/** Changes what the measuring program printed. */
export function inMeasurements(change: (measurement: Measurement) => void) {
  return ({ programs }: Observation) => {
    const program = programs.get('measure.ts')!;
    program.stdout = program.stdout.map((line) => {
      const measurement = JSON.parse(line) as Measurement;
      change(measurement);
      return JSON.stringify(measurement);
    });
  };
}

/** Adds traces of one span to what was observed. */
export function addTraces(seen: Observation, ids: string[], attributes: Attributes = {}): void {
  for (const traceId of ids)
    seen.traces.push({ traceId, spans: [span(traceId, { traceId, service: 'followers-api', attributes })] });
}
