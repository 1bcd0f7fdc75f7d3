/** The sampler that learners write in step 22, and a server that speaks Jaeger's remote sampling protocol. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { freePort } from '#workshop/net/ports';
import { RemoteSampler } from '../../steps/22-change-sampling/followers-api/remote-sampler.ts';
import { someTraceId } from '../support/otlp.ts';

const probabilistic = (samplingRate: number, strategyType: string | number = 'PROBABILISTIC') => ({
  strategyType,
  probabilisticSampling: { samplingRate },
});

/** Starts a server whose response can be changed; a string is sent as it is, with status 500. */
async function startServer(t: TestContext) {
  const requests: IncomingMessage[] = [];
  const given = { response: probabilistic(1) as object | string };
  const server = createServer((request, response) => {
    requests.push(request);
    if (typeof given.response === 'string') response.writeHead(500).end(given.response);
    else response.end(JSON.stringify(given.response));
  }).listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, given, requests };
}

test('it asks for its service, and adopts the ratio, whether the type is a word or a number', async (t) => {
  const { url, given, requests } = await startServer(t);
  const sampler = new RemoteSampler('caller');
  for (const [response, ratio] of [
    [probabilistic(0.25), 0.25],
    [probabilistic(0, 0), 0],
    [probabilistic(0.5, 0), 0.5],
  ] as const) {
    given.response = response;
    await sampler.ask(url);
    assert.equal(sampler.ratio, ratio);
  }
  assert.equal(requests[0]!.url, '/api/sampling?service=caller');
});

test('it keeps its ratio if there is no response, an error, or another strategy', async (t) => {
  const { url, given } = await startServer(t);
  const sampler = new RemoteSampler('caller');
  given.response = probabilistic(0.25);
  await sampler.ask(url);
  await sampler.ask(`http://localhost:${await freePort()}`);
  for (const response of [
    'Internal Server Error',
    {},
    { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: 2 } },
    { strategyType: 1, rateLimitingSampling: { maxTracesPerSecond: 2 } },
    { strategyType: 'PROBABILISTIC' },
  ]) {
    given.response = response;
    await sampler.ask(url);
    assert.equal(sampler.ratio, 0.25, JSON.stringify(response));
  }
});

test('it samples the share of the traces that is in force, from 1 at the beginning', () => {
  const sampler = new RemoteSampler('caller');
  const sampled = () => {
    const decisions = Array.from({ length: 1_000 }, () => sampler.shouldSample(ROOT_CONTEXT, someTraceId()));
    return decisions.filter(({ decision }) => decision === SamplingDecision.RECORD_AND_SAMPLED).length;
  };
  assert.equal(sampled(), 1_000);
  sampler.ratio = 0;
  assert.equal(sampled(), 0);
  sampler.ratio = 0.5;
  const count = sampled();
  assert.ok(Math.abs(count - 500) < 6 * Math.sqrt(250), `${count} of 1,000`);
});
