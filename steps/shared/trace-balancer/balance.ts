/** Imported by a balance.ts: kills one of two trace backends behind a balancer, and finds out where spans arrive. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interruption } from '#workshop/command-line/interruption';
import { main, readCommandLine, wholeNumber } from '#workshop/command-line/main';
import { useAll } from '#workshop/run/use-all';
import type { UsedServices } from '#workshop/services/use';
import { accountOf, spansPerCall } from '#shared/moving-endpoint/account.ts';
import { makeCalls, together } from '#shared/moving-endpoint/calls.ts';
import { settled } from '#shared/moving-endpoint/place.ts';
import { Receivers } from '#shared/moving-endpoint/receivers.ts';
import { startBackendProcess } from './backend.ts';
import { type BalanceReport, balanceText } from './balance-text.ts';
import { startBalancer } from './balancer.ts';

const help = `
npx tsx balance.ts [--calls N] [--json]

Starts two trace backends behind a balancer, publishes the balancer as the endpoint, and kills one of the backends while
it makes calls. Shows where the spans of these calls have arrived. Starts what isn't running yet.

  --calls N   make N calls (1000)
  --json      print one JSON object
`;

const KILL_AFTER_MS = 300; // in the middle of the calls

/** Prints what became of the spans. Sets the exit code: 0; 1 if something could not be started, or a call failed. */
export function balance(folder: string): Promise<void> {
  return main(async () => {
    const { values } = readCommandLine({
      help,
      options: { calls: { type: 'string', default: '1000' }, json: { type: 'boolean' } },
    });
    const count = wholeNumber('--calls', values.calls);
    const { services, backend } = await useAll(folder);
    try {
      const report = await interruption.orDone(killOneOfTwo(services, count));
      console.log(values.json ? JSON.stringify(report) : balanceText(report));
      return report.failed > 0 ? 1 : 0;
    } finally {
      await Promise.all([services.stop(), backend.close()]);
    }
  });
}

async function killOneOfTwo({ urls }: UsedServices, count: number): Promise<BalanceReport> {
  const receivers = new Receivers(urls['trace-endpoint']);
  const url = urls['bands-api']!;
  const home = await receivers.where();
  const backends = await Promise.all([startBackendProcess(), startBackendProcess()]);
  const [first, second] = backends;
  const balancer = await startBalancer([first.address, second.address]);
  const half = Math.ceil(count / 2);
  try {
    await receivers.moveTo(balancer.address);
    const before = await makeCalls(url, half);
    const kill = async () => {
      await sleep(KILL_AFTER_MS);
      await first.kill();
      return { passed: { ...balancer.passed }, held: second.spans.length };
    };
    const [after, killed] = await Promise.all([makeCalls(url, count - half), kill()]);
    const calls = together(before, after);
    const places = await settled(async () => [[...first.spans], [...second.spans]], calls);
    const { sent, arrived, repeated, lost } = accountOf(calls.traceIds, places, {
      perCall: spansPerCall(places.flat()),
    });
    const { atOnce, later, failed } = balancer.passed;
    return {
      calls: calls.traceIds.size,
      failed: calls.failed,
      spans: {
        sent,
        first: arrived[0]!,
        second: arrived[1]!,
        afterKill: second.spans.length - killed.held,
        repeated,
        lost,
      },
      exports: {
        atOnce: atOnce - killed.passed.atOnce,
        later: later - killed.passed.later,
        failed: failed - killed.passed.failed,
      },
    };
  } finally {
    await receivers.moveTo(home).catch(() => {}); // the error that ended the work is the one to show
    await balancer.close();
    await Promise.all(backends.map((backend) => backend.kill()));
  }
}
