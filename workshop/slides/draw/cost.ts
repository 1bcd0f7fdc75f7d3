import { UserError } from '../../errors.ts';
import { contentWidth, element, escaped, picture, words } from './svg.ts';

/** A result of `npm run bench -- overhead -- --save FILE`. */
export interface OverheadResult {
  node: string;
  cores: number;
  cpu: string;
  connections: number;
  /** How long each measurement took, and how often each variant was measured; the median counts. */
  seconds: number;
  rounds: number;
  variants: { name: string; perSecond: number }[];
  calls: number;
  sent: number;
  arrived: number;
}

/** The parts that tracing is made of, as the benchmark switches them on, one after the other. */
const PARTS: [variant: string, says: string][] = [
  ['untraced', 'the request itself'],
  ['hook', 'the loader hook'],
  ['hook+http', 'spans of HTTP requests served'],
  ['hook+http+undici', 'spans of HTTP requests sent'],
  ['hook+http+undici+fastify', 'spans of Fastify'],
  ['hook+http+undici+fastify+export', 'batching and sending them'],
];

/**
 * Draws what each part of tracing adds to a request of bands-api, one after the other like the spans of a trace.
 * @throws UserError when the result lacks one of the parts
 */
export function drawCost(result: OverheadResult, alt: string): string {
  const us = (name: string) => 1e6 / rateOf(result, name);
  const rowPx = 104;
  const nameWidth = 620;
  const widest = Math.max(...PARTS.map(([name]) => us(name)));
  const x = (value: number) => nameWidth + (value / widest) * (contentWidth - nameWidth - 210);

  const rows = PARTS.map(([name, says], index) => {
    const before = index === 0 ? 0 : us(PARTS[index - 1]![0]);
    const now = us(name);
    const [from, to] = [Math.min(before, now), Math.max(before, now)];
    const y = index * rowPx;
    const sign = index === 0 ? '' : now < before ? '−' : '+';
    return element(
      'g',
      { class: index === 0 ? 'cost-base' : 'cost-part' },
      words(0, y + 62, says, 'part-name'),
      element('rect', {
        class: 'bar',
        x: x(from),
        y: y + 24,
        width: Math.max(4, x(to) - x(from)),
        height: 56,
        rx: 6,
      }),
      words(x(to) + 16, y + 63, `${sign}${Math.round(to - from)} µs`, 'duration'),
    );
  });
  return picture(contentWidth, PARTS.length * rowPx, alt, ...rows);
}

/** The figures that a room asks for, as a table, with what they were measured on. */
export function drawCostTable(result: OverheadResult, alt: string): string {
  const untraced = rateOf(result, 'untraced');
  const rows = ['untraced', 'traced', 'traced, 10 % sampled'].map((name) => {
    const rate = rateOf(result, name);
    const cells = [
      counted(Math.round(rate)),
      `${(rate / untraced).toFixed(2)}`,
      `${Math.round(1e6 / rate)} µs`,
    ];
    return `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return (
    `<table class="figures"><caption class="hidden">${escaped(alt)}</caption>` +
    `<thead><tr><td></td><th scope="col">requests a second</th><th scope="col">of untraced</th><th scope="col">a request</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table><p class="source">${escaped(sourceOf(result))}</p>`
  );
}

function sourceOf({
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
  return `${machine} ${counted(calls)} calls at full speed: ${counted(sent)} spans sent, ${counted(arrived)} arrived.`;
}

function counted(number: number): string {
  return number.toLocaleString('en');
}

function rateOf({ variants }: OverheadResult, name: string): number {
  const variant = variants.find((each) => each.name === name);
  if (!variant)
    throw new UserError(
      `The stored result of the benchmark has no "${name}": npm run bench -- overhead --save renews it.`,
    );
  return variant.perSecond;
}
