import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { accepts } from '#workshop/net/accepts';
import { isolatedEnvironment } from '../support/environment.ts';
import { encodeRequest, sendGrpc, someSpan } from '../support/otlp.ts';
import { runScript, startScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { getTrace } from './backend.ts';

const command = 'workshop/commands/backend.ts';

test('npm run backend says in one line where it is, works, and ends by Ctrl-C', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = startScript(t, command, [], { env });
  await backend.printed(/ready.*\n/);
  assert.equal(
    backend.stdout,
    `The trace backend is ready: traces at http://localhost:${ports.query}, ` +
      `OTLP over gRPC at http://localhost:${ports.otlpGrpc} and over HTTP at http://localhost:${ports.otlpHttp}.\n`,
  );
  const span = someSpan();
  assert.equal((await sendGrpc(`http://localhost:${ports.otlpGrpc}`, encodeRequest([span]))).code, 0);
  assert.ok(await getTrace({ queryUrl: `http://localhost:${ports.query}` }, span.traceId));

  if (process.platform === 'win32') return; // a signal there ends a process without asking it
  backend.child.kill('SIGINT');
  assert.equal(await backend.ended, 0);
  assert.equal(backend.stderr, '');
});

slowTest('npm run backend says in one sentence which port is held, by what, and what moves it', async (t) => {
  for (const [name, variable] of [
    ['query', 'JAEGER_URL'],
    ['otlpGrpc', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    ['otlpHttp', 'OTLP_URL'],
  ] as const) {
    const { env, ports } = await isolatedEnvironment(t);
    const holder = createServer().listen(ports[name], 'localhost');
    await once(holder, 'listening');
    t.after(() => holder.close());

    const { code, stdout, stderr } = await runScript(t, command, [], { env });
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      new RegExp(`^Port ${ports[name]} is meant for .+ but used by .+${variable}=\\S+\\.\\n$`),
    );
    const others = Object.entries(ports).filter(([other]) => other !== name);
    for (const [other, port] of others) assert.equal(await accepts(port), false, other);
  }
});

slowTest('npm run backend says that a backend is already running', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = startScript(t, command, [], { env });
  await backend.printed(/ready/);
  const { code, stderr } = await runScript(t, command, [], { env });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `The embedded backend is already running at http://localhost:${ports.query}: use that one, or stop it first.\n`,
  );
});

test('npm run backend --help tells the variables, and an unknown flag ends with 2', async (t) => {
  const help = await runScript(t, command, ['--help']);
  assert.equal(help.code, 0);
  for (const variable of ['JAEGER_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP_URL']) {
    assert.ok(help.stdout.includes(variable));
  }
  const unknown = await runScript(t, command, ['--nonsense']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^Unknown option '--nonsense'; .+\n$/);
});
