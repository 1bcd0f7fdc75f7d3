/** npm run bench -- viewer: how quickly the pages of a trace backend open and react, in Chromium. */
import { availableParallelism, cpus } from 'node:os';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '#tools/browser';
import { readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { counted } from '#workshop/trace/numbers';
import { encodeRequest, sendHttp, someSpan, someSpanId } from '../test/support/otlp.ts';
import { largeTrace, loggedTrace } from '../test/viewer/traces.ts';
import { startBackendProcess } from './support/backend-process.ts';
import { median } from './support/median.ts';
import {
  actionMs,
  serviceGraphMs,
  framesPerSecond,
  heapMb,
  type Limit,
  limitText,
  searchMs,
  shareOfOther,
  traceOpenedMs,
  withLogsFactor,
  verdictOn,
} from './viewer/limits.ts';
import { serviceGraphOpened, searchOpened, traceOpened, type Work, workWith } from './viewer/measure.ts';

const help = `
npm run bench -- viewer [--times N] [--against URL [--against-otlp URL]]

Opens the pages of the embedded backend in Chromium, each time with an empty cache, and prints the median, its limit,
and whether the limit is met. A missed limit is not an error.

  --times N            number of measurements (5)
  --against URL        also measure the pages of another backend, such as http://localhost:16686, and show the ratios
  --against-otlp URL   the OTLP/HTTP endpoint of that backend (http://localhost:4318)
`;

const { values } = readCommandLine({
  help,
  options: { times: { type: 'string' }, against: { type: 'string' }, 'against-otlp': { type: 'string' } },
});
const times = wholeNumber('--times', values.times ?? '5');

const SIZES = [15, 1_000, 10_000, 50_000] as const;
const SIZE_FOR_ACTIONS = 10_000;
const SEARCHED_TRACES = 10_000;
const SPANS_PER_SEARCHED_TRACE = 5;

interface Figure {
  label: string;
  value: number;
  limit: Limit;
  /** The limit of the ratio to another backend's figure. */
  ratioLimit?: Limit;
}

const browser = await launchBrowser();
const backend = await startBackendProcess();
let ours: Figure[];
let theirs: Figure[] | undefined;
try {
  ours = await measure(browser, backend.queryUrl, backend.env['OTLP_URL']!);
  if (values.against)
    theirs = await measure(browser, values.against, values['against-otlp'] ?? 'http://localhost:4318');
} finally {
  await browser.close();
  await backend.stop();
}

console.log(
  `Chromium, Node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), medians of ${times}\n`,
);
const headings = ['embedded', 'limit', '', ...(theirs ? ['other', 'ratio', 'limit', ''] : [])];
console.log(line('', headings));
for (const { label, value, limit, ratioLimit } of ours) {
  const cells = [value.toFixed(0), limitText(limit), verdictOn(value, limit)];
  const other = theirs?.find((each) => each.label === label)?.value;
  if (other !== undefined) {
    const ratio = value / other;
    cells.push(other.toFixed(0), ratio.toFixed(2));
    if (ratioLimit) cells.push(limitText(ratioLimit), verdictOn(ratio, ratioLimit));
  }
  console.log(line(label, cells));
}

function line(label: string, cells: readonly string[]): string {
  return `${label.padEnd(44)}${cells.map((cell) => cell.padStart(9)).join('')}`;
}

async function measure(page: Browser, url: string, otlpUrl: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    const traceUrl = `${url}/trace/${await sendTrace(otlpUrl, size)}`;
    figures.push({
      label: `trace of ${counted(size, 'span')}, ms`,
      value: await medianOf(() => traceOpened(page, traceUrl)),
      limit: traceOpenedMs[size],
      ratioLimit: shareOfOther,
    });
    if (size === SIZE_FOR_ACTIONS) {
      figures.push(...(await work(page, traceUrl)));
      if (url === backend.queryUrl) figures.push(await withLogs(page, url, otlpUrl, traceUrl));
    }
  }
  await sendManyTraces(otlpUrl);
  const stored = `${counted(SEARCHED_TRACES, 'trace')} stored`;
  const search = `${url}/search?service=bands-api&limit=20&lookback=1h`;
  figures.push({
    label: `search, ${stored}, ms`,
    value: await medianOf(() => searchOpened(page, search)),
    limit: searchMs,
  });
  figures.push({
    label: `service graph, ${stored}, ms`,
    value: await medianOf(() => serviceGraphOpened(page, `${url}/dependencies`)),
    limit: serviceGraphMs,
  });
  return figures;
}

/** Opens a trace of the same size with two log lines per span, in turn with the one without, which sets the limit. */
async function withLogs(page: Browser, url: string, otlpUrl: string, bareUrl: string): Promise<Figure> {
  const { traceId, messages, logs } = loggedTrace(SIZE_FOR_ACTIONS);
  for (const message of messages) await send(otlpUrl, message);
  for (const message of logs) await send(otlpUrl, message, '/v1/logs');
  const bare: number[] = [];
  const value = await medianOf(async () => {
    bare.push(await traceOpened(page, bareUrl));
    return traceOpened(page, `${url}/trace/${traceId}`);
  });
  return {
    label: `  with ${counted(2 * SIZE_FOR_ACTIONS, 'log line')}, ms`,
    value,
    limit: { atMost: median(bare) * withLogsFactor },
  };
}

async function work(page: Browser, traceUrl: string): Promise<Figure[]> {
  const runs: Work[] = [];
  for (let run = 0; run < times; run++) runs.push(await workWith(page, traceUrl, 'owner-17'));
  const of = (pick: (run: Work) => number) => median(runs.map(pick));
  return [
    { label: '  heap after garbage collection, MB', value: of((run) => run.heapMb), limit: heapMb },
    { label: '  expand all levels, ms', value: of((run) => run.expandMs), limit: actionMs },
    { label: '  find, ms', value: of((run) => run.findMs), limit: actionMs },
    { label: '  open a span, ms', value: of((run) => run.openMs), limit: actionMs },
    {
      label: '  frames per second while scrolling',
      value: of((run) => run.framesPerSecond),
      limit: framesPerSecond,
    },
  ];
}

/** Discards the first measurement, in which the backend builds its pages and compiles its own code. */
async function medianOf(measured: () => Promise<number>): Promise<number> {
  await measured();
  const figures: number[] = [];
  for (let run = 0; run < times; run++) figures.push(await measured());
  return median(figures);
}

async function sendTrace(otlpUrl: string, spans: number): Promise<string> {
  const { traceId, messages } = largeTrace(spans);
  for (const message of messages) await send(otlpUrl, message);
  return traceId;
}

/** Sends small traces of three services, in which each span is the child of the one before. */
async function sendManyTraces(otlpUrl: string): Promise<void> {
  const names = ['caller', 'bands-api', 'bands-api', 'reviews-api', 'reviews-api'];
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const byService = new Map<string, ReturnType<typeof someSpan>[]>();
  for (let trace = 0; trace < SEARCHED_TRACES; trace++) {
    let parent = someSpan();
    for (let level = 0; level < SPANS_PER_SEARCHED_TRACE; level++) {
      const startNs = nowNs - BigInt(trace) * 100_000_000n;
      const endNs = startNs + BigInt(1_000_000 * (1 + (trace % 300)));
      const { traceId } = parent;
      const span = someSpan({
        traceId,
        spanId: someSpanId(),
        ...(level > 0 && { parentId: parent.spanId }),
        startNs,
        endNs,
      });
      const known = byService.get(names[level]!);
      if (known) known.push(span);
      else byService.set(names[level]!, [span]);
      parent = span;
    }
  }
  for (const [service, spans] of byService) {
    for (let from = 0; from < spans.length; from += 1_000) {
      await send(otlpUrl, encodeRequest(spans.slice(from, from + 1_000), service));
    }
  }
}

async function send(otlpUrl: string, message: Buffer, path = '/v1/traces'): Promise<void> {
  const response = await sendHttp(otlpUrl, message, {}, path);
  if (!response.ok) throw new Error(`${otlpUrl} responded ${response.status}: ${await response.text()}`);
}
