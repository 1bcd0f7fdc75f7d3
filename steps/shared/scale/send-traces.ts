/** Sends traces through the chain, and finds out which of them arrive in Cassandra. */
import { setTimeout as sleep } from 'node:timers/promises';
import { main, readCommandLine, wholeNumber } from '#workshop/command-line/main';
import type { ChainRun, TraceKind } from '#workshop/check/judges/chain';
import { messageOf, UserError } from '#workshop/errors';
import { accepts } from '#workshop/net/accepts';
import { portOf } from '#workshop/net/ports';
import { urlFrom } from '#workshop/settings';
import { reportText } from '#shared/ops/client/report-text.ts';
import { storedSpans } from './stored.ts';
import { type SentTrace, sendTraffic, SPANS_PER_TRACE } from './traffic.ts';

const help = `
npx tsx steps/shared/scale/send-traces.ts [--traces N] [--json]

Sends traces, 100 per second, to the two agents of the chain that docker compose --profile scale up starts. Each trace has
spans of two services, and each service sends them to its own agent. One trace in 50 has an error, and one in 50 is slow.
Says how many traces of each kind are in Cassandra, and how many of those are whole.

  --traces N   send N traces (2000)
  --json       print one JSON object

The agents are at localhost:14317 and localhost:14318, or at AGENT_1_URL and AGENT_2_URL; Jaeger's query API is at
http://localhost:16687, or at CHAIN_URL.
`;

const PER_SECOND = 100;
const LOOK_EVERY_MS = 1_000;
/** How long to wait while nothing arrives: the collectors wait 5 s for a trace to be complete. */
const PATIENCE_MS = 15_000;

const titles: Record<TraceKind, string> = {
  error: 'with an error',
  slow: 'slower than 500 ms',
  usual: 'others',
};

await main(async () => {
  const { values } = readCommandLine({
    help,
    options: { traces: { type: 'string', default: '2000' }, json: { type: 'boolean' } },
  });
  const count = wholeNumber('--traces', values.traces);
  const agents = [
    urlFrom('AGENT_1_URL', 'http://localhost:14317'),
    urlFrom('AGENT_2_URL', 'http://localhost:14318'),
  ] as const;
  const { origin: queryUrl } = urlFrom('CHAIN_URL', 'http://localhost:16687');

  const areRunning = await Promise.all(agents.map((agent) => accepts(portOf(agent), agent.hostname)));
  if (!areRunning.every(Boolean)) {
    if (!values.json)
      throw new UserError('The chain is not running. Start it with docker compose --profile scale up.');
    console.log(JSON.stringify({} satisfies ChainRun));
    return;
  }
  const { traces, sent } = sendTraffic([agents[0].host, agents[1].host], {
    traces: count,
    perSecond: PER_SECOND,
  });
  await sent.catch((error) => {
    throw new UserError(`The agents do not accept spans (${messageOf(error)}).`);
  });
  const stored = await untilStored(queryUrl, traces).catch((error) => {
    throw new UserError(`Jaeger's query API can't be read (${messageOf(error)}).`);
  });
  const kinds = countKinds(traces, stored);
  if (values.json) {
    console.log(JSON.stringify({ kinds } satisfies ChainRun));
    return;
  }
  const rows = kinds.map(({ kind, sent: all, kept, whole }) => [
    titles[kind],
    ...[all, kept, whole].map(String),
  ]);
  const sentence = `${count.toLocaleString('en-US')} traces of ${SPANS_PER_TRACE} spans:`;
  console.log(reportText({ sentence, columns: ['', 'sent', 'kept', 'whole'], rows }));
});

/** Waits until all traces that must be kept are whole, or nothing has arrived for a while. Returns the stored spans by id. */
async function untilStored(queryUrl: string, traces: SentTrace[]): Promise<Map<string, number>> {
  const important = traces.filter(({ kind }) => kind !== 'usual');
  let arrived = -1;
  let deadline = 0;
  for (;;) {
    // When a node has just died, Jaeger may not be able to tell: then look again.
    const stored = await storedSpans(queryUrl, important).catch(() => new Map<string, number>());
    const sum = [...stored.values()].reduce((total, spans) => total + spans, 0);
    if (sum !== arrived) deadline = performance.now() + PATIENCE_MS;
    arrived = sum;
    if (sum === important.length * SPANS_PER_TRACE || performance.now() > deadline) break;
    await sleep(LOOK_EVERY_MS);
  }
  return storedSpans(queryUrl, traces);
}

function countKinds(traces: SentTrace[], stored: ReadonlyMap<string, number>) {
  return (Object.keys(titles) as TraceKind[]).map((kind) => {
    const spans = traces.filter((trace) => trace.kind === kind).map(({ id }) => stored.get(id)!);
    return {
      kind,
      sent: spans.length,
      kept: spans.filter((number) => number > 0).length,
      whole: spans.filter((number) => number === SPANS_PER_TRACE).length,
    };
  });
}
