import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { type Exchange, openOtlpRelay, openRelay } from '#workshop/check/relay';

/** A server that responds with the request that it received, and a relay to it. */
async function relayed(t: TestContext, blocks: (exchange: Exchange) => boolean = () => false) {
  const server = createServer((incoming, outgoing) => {
    outgoing.writeHead(203, ['x-answer', 'one', 'x-answer', 'two']);
    outgoing.end(JSON.stringify({ url: incoming.url, headers: incoming.rawHeaders }));
  });
  const port = await listening(t, server);
  const exchanges: Exchange[] = [];
  const relay = await openRelay({
    from: 'a',
    to: 'b',
    port: () => port,
    onExchange: (exchange) => exchanges.push(exchange),
    blocks,
  });
  t.after(() => relay.close());
  return { exchanges, server, url: `http://localhost:${relay.port}` };
}

async function listening(
  t: TestContext,
  server: { listen(port: number, host: string): unknown; address(): unknown; close(): unknown },
) {
  const listens = once(server as never, 'listening');
  server.listen(0, 'localhost');
  await listens;
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

test('a request and its response are forwarded unchanged, and reported', async (t) => {
  const { exchanges, url } = await relayed(t);
  const response = await fetch(`${url}/path?query=1`, { headers: { traceparent: 'x' } });
  const body = await response.text();

  assert.equal(response.status, 203);
  assert.equal(JSON.parse(body).url, '/path?query=1');
  const [{ from, to, method, path, headers, response: told }] = exchanges as [Exchange];
  assert.deepEqual([from, to, method, path], ['a', 'b', 'GET', '/path?query=1']);
  assert.deepEqual(
    headers.filter(([name]) => name === 'traceparent'),
    [['traceparent', 'x']],
  );
  assert.equal(told!.status, 203);
  assert.equal(told!.body, body);
  assert.deepEqual(
    told!.headers.filter(([name]) => name === 'x-answer'),
    [
      ['x-answer', 'one'],
      ['x-answer', 'two'],
    ],
  );
});

test('a header that occurs twice is forwarded twice', async (t) => {
  const { exchanges, url } = await relayed(t);
  const asked = request(url, {
    headers: ['host', 'localhost', 'traceparent', 'x', 'traceparent', 'y'] as never,
  }).end();
  const [response] = await once(asked, 'response');
  const chunks: Buffer[] = await response.toArray();

  const { headers } = JSON.parse(Buffer.concat(chunks).toString()) as { headers: string[] };
  assert.deepEqual(
    headers.filter((_, index) => headers[index - 1] === 'traceparent'),
    ['x', 'y'],
  );
  assert.equal(exchanges[0]!.headers.filter(([name]) => name === 'traceparent').length, 2);
});

test('a request to /health is forwarded, but not reported', async (t) => {
  const { exchanges, url } = await relayed(t);
  assert.equal((await fetch(`${url}/health`)).status, 203);
  assert.deepEqual(exchanges, []);
});

test('a blocked request gets no response, and the exchange has an error', async (t) => {
  const { exchanges, url } = await relayed(t, ({ path }) => path.includes('unlucky'));
  await assert.rejects(fetch(`${url}/unlucky`));
  assert.equal((await fetch(`${url}/lucky`)).status, 203);
  assert.deepEqual(
    exchanges.map(({ error }) => error !== undefined),
    [true, false],
  );
});

test('an exchange with a service that is not running has an error', async (t) => {
  const { exchanges, server, url } = await relayed(t);
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(fetch(url));
  assert.match(exchanges[0]!.error!, /ECONNREFUSED/);
});

test('a response that is cut off is cut off for the caller, too, and the exchange has an error', async (t) => {
  const { exchanges, server, url } = await relayed(t);
  server.removeAllListeners('request');
  server.once('request', (_, outgoing) => outgoing.write('half', () => outgoing.destroy()));

  const response = await fetch(url);
  await assert.rejects(response.text());
  assert.match(exchanges[0]!.error!, /aborted/);
  assert.equal(exchanges[0]!.response, undefined);
});

test('if the caller closes the connection, the exchange has no error', async (t) => {
  const { exchanges, server, url } = await relayed(t);
  server.removeAllListeners('request');
  const asked = request(url).end();
  const fails = assert.rejects(once(asked, 'response'));

  const [, outgoing] = await once(server, 'request');
  asked.destroy();
  await Promise.all([fails, once(outgoing, 'close')]);

  assert.deepEqual(
    exchanges.map(({ response, error }) => ({ response, error })),
    [{ response: undefined, error: undefined }],
  );
});

test('one port accepts both protocols of OTLP: HTTP/2 goes to one target, HTTP/1.1 to the other', async (t) => {
  const grpc = createHttp2Server((_, outgoing) => outgoing.end('grpc'));
  const http = createServer((_, outgoing) => outgoing.end('http'));
  const door = await openOtlpRelay({ grpc: await listening(t, grpc), http: await listening(t, http) });
  t.after(() => door.close());

  const session = connectHttp2(`http://localhost:${door.port}`);
  t.after(() => session.destroy());
  const chunks: Buffer[] = await session.request({ ':path': '/' }).toArray();
  assert.equal(Buffer.concat(chunks).toString(), 'grpc');
  assert.equal(await (await fetch(`http://localhost:${door.port}`)).text(), 'http');
});

test('closing a relay closes its open connections', async (t) => {
  const server = createServer(() => {}); // never responds
  const port = await listening(t, server);
  const relay = await openRelay({
    from: 'a',
    to: 'b',
    port: () => port,
    onExchange: () => {},
  });
  const socket = connect(relay.port, 'localhost');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await once(server, 'request');

  const closed = once(socket, 'close');
  await relay.close();
  await closed;
});
