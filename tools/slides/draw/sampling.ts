import { createHash } from 'node:crypto';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { contentWidth, element, picture, rect, words } from './svg.ts';

const COUNT = 240;
const COLUMNS = 30;
const RATIO = 0.1;
const CELL_PX = contentWidth / COLUMNS;

/**
 * Draws requests as squares: those that a head sampler keeps are filled, and a ring marks those that fail. The sampler
 * is the SDK's; ids and failures are pseudorandom and the same each time.
 */
export async function drawSampling(alt: string): Promise<string> {
  const { tracing } = await import('@opentelemetry/sdk-node');
  const sampler = new tracing.TraceIdRatioBasedSampler(RATIO);
  const requests = Array.from({ length: COUNT }, (_, index) => {
    const hash = createHash('sha256').update(`request ${index}`).digest('hex');
    const { decision } = sampler.shouldSample(ROOT_CONTEXT, hash.slice(0, 32));
    return {
      kept: decision === tracing.SamplingDecision.RECORD_AND_SAMPLED,
      fails: Number.parseInt(hash.slice(-2), 16) < 8,
    };
  });

  const squares = requests.map(({ kept, fails }, index) => {
    const x = (index % COLUMNS) * CELL_PX + CELL_PX / 2;
    const y = Math.floor(index / COLUMNS) * CELL_PX + CELL_PX / 2;
    return (
      rect(x - 14, y - 14, 28, 28, kept ? 'kept' : 'left-out', 6) +
      (fails ? element('circle', { class: 'fails', cx: x, cy: y, r: 25 }) : '')
    );
  });

  const kept = requests.filter((request) => request.kept).length;
  const failing = requests.filter(({ fails }) => fails);
  const seen = failing.filter((request) => request.kept).length;
  const y = (COUNT / COLUMNS) * CELL_PX + 60;
  return picture(
    { height: y + 20, alt },
    ...squares,
    rect(14, y - 24, 28, 28, 'kept', 6),
    words(60, y, `kept: ${kept} of ${COUNT}`, 'legend'),
    element('circle', { class: 'fails', cx: 480, cy: y - 10, r: 25 }),
    words(524, y, `failing: ${failing.length}, of which ${seen === 0 ? 'none' : seen} kept`, 'legend'),
  );
}
