import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { sayIfSilent } from '#workshop/run/silence';
import { eventually } from '../support/eventually.ts';

/** Two services: the call goes to `first`, which doesn't respond until `respond`; `second` may be stuck. */
async function system(t: TestContext, { secondIsStuck }: { secondIsStuck: boolean }) {
  const waiting: ServerResponse[] = [];
  const urlOf = async (name: string, isStuck: boolean) => {
    const server = createServer((request, response) => {
      if (request.url !== '/health') waiting.push(response);
      else if (isStuck) response.destroy();
      else response.end(JSON.stringify({ service: name }));
    });
    await once(server.listen(0, 'localhost'), 'listening');
    t.after(() => server.close().closeAllConnections());
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  };
  const urls = { first: await urlOf('first', false), second: await urlOf('second', secondIsStuck) };
  const services = Object.keys(urls).map((name) => ({
    name,
    title: name,
    folder: '',
    portVariable: '',
    needs: [],
    env: {},
  }));
  const instances = { first: [urls.first] };
  const used = { services, urls, instances, env: {}, started: [], stop: async () => {} };
  return { used, respond: () => waiting.forEach((response) => response.end('done')) };
}

type Places = Parameters<Parameters<typeof sayIfSilent>[0]>[0];

const callUrl = async ({ urls }: Places) => (await fetch(`${urls['first']}/call`)).text();
const callInstance = async ({ instances }: Places) => (await fetch(`${instances['first']![0]}/call`)).text();

for (const [makeCall, secondIsStuck, sentence] of [
  [callUrl, false, 'Still waiting after 0.01 s: first has not responded.'],
  [callInstance, false, 'Still waiting after 0.01 s: first has not responded.'],
  [callUrl, true, 'Still waiting after 0.01 s: second has not responded, not even to a health check.'],
] as const) {
  test(`${makeCall.name} without a response: "${sentence}"`, async (t) => {
    const { used, respond } = await system(t, { secondIsStuck });
    const said: string[] = [];

    const call = sayIfSilent(makeCall, used, (text) => said.push(text), 10);
    await eventually(() => said.length > 0, 'something is said');
    respond();

    assert.equal(await call, 'done');
    assert.deepEqual(said, [sentence]);
  });
}
