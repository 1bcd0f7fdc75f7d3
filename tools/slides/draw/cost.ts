import { UserError } from '../../../workshop/errors.ts';
import { grouped } from '../../../workshop/trace/numbers.ts';
import { contentWidth, element, escaped, picture, rect, words } from './svg.ts';

/** A result of `npm run bench -- overhead --save FILE`. */
export interface OverheadResult {
  node: string;
  cores: number;
  cpu: string;
  connections: number;
  /** The length of each measurement, and the number of rounds, of which the figures are the medians. */
  seconds: number;
  rounds: number;
  variants: { name: string; perSecond: number }[];
  calls: number;
  sent: number;
  arrived: number;
}

/** The parts of tracing in the order in which the benchmark switches them on. */
const PARTS: [variant: string, says: string][] = [
  ['untraced', 'the request itself'],
  ['hook', 'the loader hook'],
  ['hook+http', 'spans of HTTP requests served'],
  ['hook+http+undici', 'spans of HTTP requests sent'],
  ['hook+http+undici+fastify', 'spans of Fastify'],
  ['hook+http+undici+fastify+export', 'batching and sending them'],
  ['hook+http+undici+fastify+export+logs', 'log records'],
];

/**
 * Draws what each part of tracing adds to a request of bands-api, one after the other like the spans of a trace. A part
 * that made requests no slower costs less than can be measured: it adds nothing, and the next part is compared with the
 * slowest part before it.
 * @throws UserError if the result lacks one of the parts
 */
export function drawCost(result: OverheadResult, alt: string): string {
  const rowPx = 84;
  const nameWidth = 620;
  const parts = PARTS.map(([name, says]) => ({ us: 1e6 / rateOf(result, name), says }));
  const widest = Math.max(...parts.map(({ us }) => us));
  const x = (us: number) => nameWidth + (us / widest) * (contentWidth - nameWidth - 290);

  const rows = parts.map(({ us, says }, index) => {
    const before = Math.max(0, ...parts.slice(0, index).map((part) => part.us));
    const after = Math.max(before, us);
    const added = `${index === 0 ? '' : '+'}${Math.round(after - before)} µs`;
    const y = index * rowPx;
    return element(
      'g',
      { class: index === 0 ? 'cost-base' : 'cost-part' },
      words(0, y + 58, says, 'part-name'),
      rect(x(before), y + 20, Math.max(4, x(after) - x(before)), 56, 'bar', 6),
      words(x(after) + 16, y + 59, after > before ? added : 'within the noise', 'duration'),
    );
  });
  return picture({ height: PARTS.length * rowPx, alt }, ...rows) + source(result);
}

/** The main figures as a table, with the effect of sampling and the machine that they were measured on. */
export function drawCostTable(result: OverheadResult, alt: string): string {
  const untraced = rateOf(result, 'untraced');
  const rows = ['untraced', 'traced', 'traced, 10 % sampled'].map((name) => {
    const rate = rateOf(result, name);
    const cells = [
      grouped(Math.round(rate)),
      `${(rate / untraced).toFixed(2)}`,
      `${Math.round(1e6 / rate)} µs`,
    ];
    return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return (
    `<table class="figures"><caption class="hidden">${escaped(alt)}</caption>` +
    `<thead><tr><td></td><th scope="col">requests per second</th><th scope="col">relative to untraced</th><th scope="col">per request</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table><p>${givenBack(result)}</p>${source(result)}`
  );
}

/** The share of the cost of tracing that recording only a tenth of the traces saves, as a sentence. */
function givenBack(result: OverheadResult): string {
  const [untraced, traced, sampled] = ['untraced', 'traced', 'traced, 10 % sampled'].map(
    (name) => 1e6 / rateOf(result, name),
  ) as [number, number, number];
  const part = Math.round(((traced - sampled) / (traced - untraced)) * 100);
  return `Sampling a tenth of the traces saves <strong>${part} %</strong> of the cost.`;
}

/** The machine that the figures were measured on, in small print. */
function source({
  node,
  cores,
  cpu,
  connections,
  seconds,
  rounds,
  calls,
  sent,
  arrived,
}: OverheadResult): string {
  const machine = `Node ${node.replace(/^v/, '')}, ${cores} cores (${cpu}), ${connections} connections, median of ${rounds} × ${seconds} s, load and services on one machine.`;
  const spans = `${grouped(calls)} calls at full speed: ${grouped(sent)} spans sent, ${grouped(arrived)} arrived.`;
  return `<p class="source">${escaped(`${machine} ${spans}`)}</p>`;
}

function rateOf({ variants }: OverheadResult, name: string): number {
  const variant = variants.find((each) => each.name === name);
  if (!variant)
    throw new UserError(
      `The saved benchmark result has no "${name}". To renew it, run npm run bench -- overhead --save bench/results/overhead.json.`,
    );
  return variant.perSecond;
}
