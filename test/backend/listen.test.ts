import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { PortInUseError, startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { accepts } from '#workshop/net/accepts';
import { encodeRequest, sendGrpc, sendHttp, someSpan } from '../support/otlp.ts';
import { freshBackend, get, getTrace } from './backend.ts';

/** A stranger that holds a port of one address; 0 is a free one. */
async function stranger(t: TestContext, host: string, port = 0): Promise<number> {
  const server: Server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

async function hasIpv6(): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
  });
  server.close();
  return listens;
}

test('all three ports are had by both loopback addresses, and by no other', async (t) => {
  const backend = await freshBackend(t);
  const ports = [backend.queryUrl, backend.otlpGrpcUrl, backend.otlpHttpUrl].map((url) =>
    Number(new URL(url).port),
  );
  assert.equal(new Set(ports).size, 3);
  for (const port of ports) {
    assert.equal(await accepts(port, '127.0.0.1'), true);
    assert.equal(await accepts(port, '::1'), await hasIpv6());
    if (process.platform === 'linux') assert.equal(await accepts(port, '127.0.0.2'), false);
  }
});

function overV6(url: string): string {
  return url.replace('localhost', '[::1]');
}

test('a backend is found by its address, of either version', async (t) => {
  const backend = await freshBackend(t);
  for (const host of ['127.0.0.1', '[::1]'])
    assert.ok(await accepts(Number(new URL(backend.queryUrl).port), host), host);
});

test('spans that come over IPv6 are found over IPv4', async (t) => {
  if (!(await hasIpv6())) return t.skip('this machine has no ::1');
  const backend = await freshBackend(t);
  const [overGrpc, overHttp] = [someSpan(), someSpan()];
  assert.equal((await sendGrpc(overV6(backend.otlpGrpcUrl), encodeRequest([overGrpc]))).code, 0);
  assert.equal((await sendHttp(overV6(backend.otlpHttpUrl), encodeRequest([overHttp]))).status, 200);
  const v4 = { queryUrl: backend.queryUrl.replace('localhost', '127.0.0.1') };
  for (const { traceId } of [overGrpc, overHttp]) assert.ok(await getTrace(v4, traceId));
});

test('several backends in one process do not see the spans of each other', async (t) => {
  const [first, second] = await Promise.all([freshBackend(t), freshBackend(t)]);
  const span = someSpan();
  await sendGrpc(first.otlpGrpcUrl, encodeRequest([span]));
  assert.ok(await getTrace(first, span.traceId));
  assert.equal((await get(second, `/api/traces/${span.traceId}`)).status, 404);
});

for (const host of ['127.0.0.1', '::1']) {
  for (const option of ['queryPort', 'otlpGrpcPort', 'otlpHttpPort'] as const) {
    test(`a stranger on the ${option} of ${host} is named by its port, and nothing is left listening`, async (t) => {
      if (host === '::1' && !(await hasIpv6())) return t.skip('this machine has no ::1');
      const held = await stranger(t, host);
      const free = {
        queryPort: await freePort(),
        otlpGrpcPort: await freePort(),
        otlpHttpPort: await freePort(),
      };
      await assert.rejects(startBackend({ ...free, [option]: held }), (error) => {
        assert.ok(error instanceof PortInUseError);
        assert.equal(error.port, held);
        return true;
      });
      const others = Object.entries(free).filter(([name]) => name !== option);
      for (const [name, port] of others) assert.equal(await accepts(port), false, `${name} is free again`);
    });
  }
}

test('close ends connections that are open, and gives the ports back', async () => {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  const urls = [backend.queryUrl, backend.otlpGrpcUrl, backend.otlpHttpUrl];
  const ports = urls.map((url) => Number(new URL(url).port));
  await fetch(`${backend.queryUrl}/api/services`); // leaves a connection that is kept alive
  await backend.close();
  for (const port of ports) assert.equal(await accepts(port), false);
  const [queryPort, otlpGrpcPort, otlpHttpPort] = ports as [number, number, number];
  const again = await startBackend({ queryPort, otlpGrpcPort, otlpHttpPort });
  await again.close();
});

test('bytes that are no protocol at all end their connection, and nothing else', async (t) => {
  const backend = await freshBackend(t);
  for (const url of [backend.queryUrl, backend.otlpGrpcUrl, backend.otlpHttpUrl]) {
    for (const garbage of [
      '\0'.repeat(100),
      'GET / HTTP/1.1\r\n\r\n',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage!!',
    ]) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.on('error', () => {}); // being reset is one way of being refused
      socket.end(garbage);
      socket.resume();
      await once(socket, 'close');
    }
    const reset = connect(Number(new URL(url).port), '127.0.0.1');
    await once(reset, 'connect');
    reset.resetAndDestroy();
  }
  const span = someSpan();
  assert.equal((await sendGrpc(backend.otlpGrpcUrl, encodeRequest([span]))).code, 0);
  assert.ok(await getTrace(backend, span.traceId));
});

test('every answer on the HTTP ports says that it is not a Jaeger', async (t) => {
  const backend = await freshBackend(t);
  for (const url of [
    `${backend.queryUrl}/api/services`,
    `${backend.queryUrl}/nowhere`,
    `${backend.otlpHttpUrl}/nowhere`,
    `${backend.otlpHttpUrl}/%zz`,
    `${backend.queryUrl}/api/traces/%zz`,
  ]) {
    assert.equal((await fetch(url)).headers.get('x-trace-backend'), 'embedded', url);
  }
});

test('a path that cannot be decoded is 400 in the envelope of the API, and no such page elsewhere', async (t) => {
  const { queryUrl } = await freshBackend(t);
  for (const path of ['/api/services/%E0%A4%A/operations', '/api/traces/%zz']) {
    const { status, body } = await get({ queryUrl }, path);
    assert.equal(status, 400);
    assert.equal(body.errors![0]!.code, 400);
  }
  const long = `/api/services/${'a'.repeat(4_000)}/operations`;
  assert.equal((await get({ queryUrl }, long)).status, 200, 'a long name can be decoded');
  const page = await fetch(`${queryUrl}/trace/%E0%A4%A`);
  assert.equal(page.status, 404);
  assert.match(await page.text(), /No such page/);
});

test('/status counts what was dropped', async (t) => {
  const backend = await freshBackend(t, { spans: 2 });
  for (let count = 0; count < 5; count++) await sendHttp(backend.otlpHttpUrl, encodeRequest([someSpan()]));
  const status = (await (await fetch(`${backend.queryUrl}/status`)).json()) as Record<string, unknown>;
  assert.deepEqual(
    [status['traces'], status['spans'], status['accepted'], status['droppedTraces'], status['droppedSpans']],
    [2, 2, 5, 3, 3],
  );
});
