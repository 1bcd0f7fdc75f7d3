import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startBackend } from '#workshop/backend/start';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

const DOCTOR = 'workshop/commands/doctor.ts';
const withoutProxy = {
  HTTP_PROXY: '',
  http_proxy: '',
  HTTPS_PROXY: '',
  https_proxy: '',
  GRPC_PROXY: '',
  grpc_proxy: '',
};

test('if the workshop can run, every line is ok', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);

  const { code, stdout } = await runScript(t, DOCTOR, [], { env: { ...env, ...withoutProxy } });

  assert.equal(code, 0, stdout);
  assert.match(stdout, new RegExp(`^✓ services +port ${ports.bands} is free for bands-api$`, 'm'));
  for (const [port, what] of [
    [ports.query, "Jaeger's pages"],
    [ports.otlpGrpc, 'OTLP over gRPC'],
    [ports.otlpHttp, 'OTLP over HTTP'],
  ])
    assert.match(stdout, new RegExp(`^✓ trace backend +port ${port} is free for ${what}$`, 'm'));
  assert.match(stdout, /^✓ trace backend +not running; npx tsx run\.ts starts the embedded one$/m);
  for (const name of ['node', 'packages', 'docker', 'proxy', 'clock', 'disk', 'memory'])
    assert.match(stdout, new RegExp(`^✓ ${name}`, 'm'));
  assert.match(stdout, /^The workshop can run here\.$/m);
});

slowTest('an unknown chapter: one sentence, exit code 2', async (t) => {
  const { code, stderr } = await runScript(t, DOCTOR, ['--chapter', '99']);
  assert.equal(code, 2);
  assert.match(stderr, /^There is no chapter "99"\. Use a number from 1 to \d+\.\n$/);
});

test('a running backend is recognized', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const backend = await startBackend({
    queryPort: ports.query,
    otlpGrpcPort: ports.otlpGrpc,
    otlpHttpPort: ports.otlpHttp,
  });
  t.after(() => backend.close());

  const { stdout } = await runScript(t, DOCTOR, [], { env });

  assert.match(
    stdout,
    new RegExp(`^✓ trace backend +the embedded backend is running at http://localhost:${ports.query}$`, 'm'),
  );
});

test('a port that another program uses: what to do, exit code 1', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const server = createServer((socket) => socket.on('error', () => {}).end('hello')).listen(
    ports.reviews,
    'localhost',
  );
  await once(server, 'listening');
  t.after(() => server.close());

  const { code, stdout } = await runScript(t, DOCTOR, [], { env });

  assert.equal(code, 1);
  assert.match(
    stdout,
    new RegExp(
      `^✗ services +Port ${ports.reviews} is meant for reviews-api but used by .+: stop it, or set REVIEWS_API_PORT to another port\\.$`,
      'm',
    ),
  );
  assert.match(stdout, /^The workshop cannot run yet: fix the lines with ✗\.$/m);
});

slowTest(
  'each port of the trace backend has a line; if another program uses it, with its owner and what to do',
  async (t) => {
    const { env, ports } = await isolatedEnvironment(t);
    for (const port of [ports.query, ports.otlpHttp]) {
      const server = createServer((socket) => socket.on('error', () => {}).end('hello'));
      await once(server.listen(port, 'localhost'), 'listening');
      t.after(() => server.close());
    }

    const { code, stdout } = await runScript(t, DOCTOR, [], { env });

    assert.equal(code, 1);
    const line = (mark: string, text: string) => new RegExp(`^${mark} trace backend +${text}$`, 'm');
    const inUse = (port: number, what: string, variable: string) =>
      `Port ${port} is meant for ${what} but .+: .+ ${variable}=http://.+\\.`;
    assert.match(stdout, line('✗', inUse(ports.query, "Jaeger's pages", 'JAEGER_URL')));
    assert.match(stdout, line('✓', `port ${ports.otlpGrpc} is free for OTLP over gRPC`));
    assert.match(stdout, line('✗', inUse(ports.otlpHttp, 'OTLP over HTTP', 'OTLP_URL')));
  },
);

// Only some versions of Node.js have the option to use a proxy.
const used = process.allowedNodeEnvironmentFlags.has('--use-env-proxy') ? '✗' : '✓';
const proxied = { http_proxy: 'http://proxy.example:3128', NODE_USE_ENV_PROXY: '1' };
for (const [variables, verdict] of [
  [{ http_proxy: 'http://proxy.example:3128' }, '✓'],
  [proxied, used],
  [{ ...proxied, no_proxy: 'example.com' }, used],
  [{ ...proxied, no_proxy: 'example.com, localhost' }, '✓'],
  [{ ...proxied, NO_PROXY: '*' }, '✓'],
] as const) {
  slowTest(`the proxy with ${JSON.stringify(variables)}: ${verdict}`, async (t) => {
    const { env } = await isolatedEnvironment(t);
    const { stdout } = await runScript(t, DOCTOR, [], {
      env: { ...env, ...withoutProxy, no_proxy: '', NO_PROXY: '', ...variables },
    });
    assert.match(stdout, new RegExp(`^${verdict} proxy `, 'm'));
  });
}

test('an examination that is impossible fails in its own line, and the others are shown', async (t) => {
  const { env } = await isolatedEnvironment(t);

  const { code, stdout, stderr } = await runScript(t, DOCTOR, [], {
    env: { ...env, BANDS_API_PORT: 'eight', JAEGER_URL: 'http://jaeger.invalid:1' },
  });

  assert.equal(code, 1);
  assert.equal(stderr, '');
  assert.match(stdout, /^✗ services +BANDS_API_PORT is "eight", which is not a valid port: .+$/m);
  assert.match(stdout, /^✗ trace backend +.+ http:\/\/jaeger\.invalid:1: .+ unset JAEGER_URL\.$/m);
  assert.match(stdout, /^✓ node /m);
});

slowTest(
  'a version of Node.js that is too old: one sentence, before anything that it could not load',
  async (t) => {
    const cwd = await projectCopy(t);
    const manifest = join(cwd, 'package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('>=20.19', '>=99.1'));
    await writeFile(
      join(cwd, 'workshop/command-line/color.ts'),
      "import { not } from 'node:util';\nnot();\n",
    );

    const { code, stdout, stderr } = await runScript(t, DOCTOR, [], { cwd });

    assert.equal(code, 1);
    assert.equal(stderr, '');
    assert.equal(
      stdout,
      `✗ node  Node.js ${process.version} is too old: install 99.1 or newer from https://nodejs.org.\n`,
    );
  },
);

test('help lists every script of package.json', async (t) => {
  const { stdout } = await runScript(t, 'workshop/commands/help.ts');
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  assert.match(stdout, /^npx tsx run\.ts +\S/m, 'npm start');
  for (const name of Object.keys(manifest.scripts).filter((script) => script !== 'start'))
    assert.match(stdout, new RegExp(`^npm (run )?${name} +\\S`, 'm'));
});

slowTest('every command has a help, and refuses an unknown flag with one sentence', async (t) => {
  const files = (await readdir('workshop/commands')).map((name) => `workshop/commands/${name}`);
  await Promise.all(
    files.map(async (file) => {
      const [help, unknown] = [
        await runScript(t, file, ['--help']),
        await runScript(t, file, ['--no-such-flag']),
      ];
      assert.equal(help.code, 0, file);
      assert.match(help.stdout, /^(npm run|npx) /, file);
      assert.equal(unknown.code, 2, file);
      assert.equal(unknown.stderr.trimEnd().split('\n').length, 1, `${file}: ${unknown.stderr}`);
    }),
  );
});
