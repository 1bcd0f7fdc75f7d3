import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { accountOf, type HeldSpan, spansPerCall } from '#shared/moving-endpoint/account.ts';
import { startBackendProcess } from '#shared/trace-balancer/backend.ts';
import type { BalanceReport } from '#shared/trace-balancer/balance-text.ts';
import { startBalancer } from '#shared/trace-balancer/balancer.ts';
import { stepNumber } from '../check/support.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { encodeRequest, sendGrpc, someSpan } from '../support/otlp.ts';
import { runScript } from '../support/process.ts';

test('spans are accounted for: sent, arrived, at several places, at none', () => {
  const span = (traceId: string, spanId: string, service = 'bands-api'): HeldSpan => ({
    traceId,
    spanId,
    service,
  });
  const first = [
    span('a', '1'),
    span('a', '2'),
    span('b', '1'),
    span('other', '1'),
    span('a', '3', 'reviews-api'),
  ];
  const second = [span('b', '1'), span('a', '2')];
  const perCall = spansPerCall([...first, ...second], 'bands-api');

  assert.equal(perCall, 2);
  const account = accountOf(new Set(['a', 'b', 'c']), [first, second], { perCall, service: 'bands-api' });
  assert.deepEqual(account, { sent: 6, arrived: [3, 2], repeated: 2, lost: 3 });
});

test('a balancer passes exports on in turn, and those for a killed backend to the other one', async (t) => {
  const backends = await Promise.all([startBackendProcess(), startBackendProcess()]);
  const [first, second] = backends;
  const balancer = await startBalancer(backends.map(({ address }) => address));
  t.after(async () => {
    await balancer.close();
    await Promise.all(backends.map((backend) => backend.kill()));
  });
  const send = async (count: number) => {
    const spans = Array.from({ length: count }, () => someSpan());
    const outcomes = spans.map((span) => sendGrpc(`http://${balancer.address}`, encodeRequest([span])));
    assert.deepEqual(new Set((await Promise.all(outcomes)).map(({ code }) => code)), new Set([0]));
    return spans.map(({ traceId }) => traceId);
  };

  const early = await send(4);
  const late = await (await first.kill(), send(6));
  await eventually(() => first.spans.length + second.spans.length === 10, 'each span is at a backend');
  const held = [first, second].map(({ spans }) => spans.map(({ traceId }) => traceId));
  assert.equal(held[0]!.length, 2);
  assert.ok(held[0]!.every((id) => early.includes(id)));
  assert.ok(late.every((id) => held[1]!.includes(id)));
  const { atOnce, later, failed } = balancer.passed;
  assert.deepEqual({ passed: atOnce + later, failed }, { passed: 10, failed: 0 });

  const invalid = await sendGrpc(`http://${balancer.address}`, Buffer.from('spans'));
  assert.match(`${invalid.code} ${invalid.details}`, /^3 This is not OTLP/);
});

test('balance.ts: what arrived after a backend was killed is kept by the other one', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const file = join(stepNumber(24).folder, 'balance.ts');
  const { code, stdout, stderr } = await runScript(t, file, ['--calls', '300', '--json'], { env });
  assert.equal(code, 0, stderr);

  const { calls, failed, spans, exports } = JSON.parse(stdout) as BalanceReport;
  assert.deepEqual({ calls, failed }, { calls: 300, failed: 0 });
  assert.equal(spans.sent, spans.first + spans.second - spans.repeated + spans.lost, stdout);
  assert.equal(spans.lost, 0, stdout);
  assert.equal(exports.failed, 0, stdout);
  assert.ok(spans.first > 0 && spans.afterKill > 0, stdout);
});
