import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { accepts } from '#workshop/net/accepts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { projectCopy } from '../support/copy.ts';
import { isolatedEnvironment } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { runScript, startScript } from '../support/process.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const RUN = 'steps/14-parent-or-link/run.ts';

/** Ports, a state folder and whatever is said of RabbitMQ for one test. */
async function environment(t: TestContext, rabbitmq: Record<string, string>) {
  const { env, ports } = await isolatedEnvironment(t);
  const gateway = await freePort();
  const checkout = await freePort();
  return {
    env: { ...env, ...rabbitmq, GATEWAY_PORT: String(gateway), CHECKOUT_PORT: String(checkout) },
    ports: { ...ports, gateway, checkout },
  };
}

test(
  'run.ts makes the call, draws five spans over three services and prints the URL last',
  { skip },
  async (t) => {
    const { env, ports } = await environment(t, broker.env);

    const { code, stdout, stderr } = await runScript(t, RUN, [], { env });

    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^http://localhost:${ports.query}/trace/[0-9a-f]{32}\n$`));
    assert.match(stderr, /The answer is 202 Accepted, without a body\./);
    assert.match(stderr, /gateway: POST \/api\/checkout .* 5 spans · 3 services · no errors/);
  },
);

test(
  'run.ts --json names the answer after what is asked for, and there is no band to choose',
  { skip },
  async (t) => {
    const { env } = await environment(t, broker.env);

    const { stdout } = await runScript(t, RUN, ['--json'], { env });
    const refused = await runScript(t, RUN, ['--band', '1'], { env });
    const help = await runScript(t, RUN, ['--help'], { env });

    assert.deepEqual(Object.keys(JSON.parse(stdout)), ['checkout', 'traceId', 'url', 'durationMs', 'spans']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Unknown option '--band'/);
    assert.ok(!help.stdout.includes('band'));
  },
);

test('without a RabbitMQ: one sentence that says how to get one, exit code 1, nothing left', async (t) => {
  const nobody = String(await freePort());
  const { env, ports } = await environment(t, { RABBITMQ_HOST: 'localhost', RABBITMQ_PORT: nobody });

  const { code, stdout, stderr } = await runScript(t, RUN, [], { env });

  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr.trimEnd(),
    new RegExp(
      `^checkout and stock cannot start, because no RabbitMQ answers at localhost:${nobody}: docker compose up rabbitmq, .*RABBITMQ_PORT\\.$`,
    ),
  );
  for (const port of Object.values(ports)) assert.equal(await accepts(port), false);
});

test(
  'a RabbitMQ that refuses the user: run.ts, the doctor and the check say so, and what to set',
  { skip },
  async (t) => {
    const { env } = await environment(t, { ...broker.env, RABBITMQ_USER: 'guest', RABBITMQ_PASS: 'wrong' });
    const cwd = await projectCopy(t);
    await runScript(t, 'workshop/commands/step.ts', ['11'], { cwd, env });
    const refused = `RabbitMQ at 127\\.0\\.0\\.1:${broker.port} refuses the user guest: set RABBITMQ_USER and RABBITMQ_PASS\\.`;

    const run = await runScript(t, RUN, [], { env });
    const doctor = await runScript(t, 'workshop/commands/doctor.ts', [], { cwd, env });
    const check = await runScript(t, 'workshop/commands/check.ts', ['11'], { cwd, env });

    assert.deepEqual([run.code, doctor.code, check.code], [1, 1, 1]);
    assert.match(run.stderr, new RegExp(`^checkout and stock cannot start, because ${refused}$`, 'm'));
    assert.match(doctor.stdout, new RegExp(`^✗ needs +${refused}$`, 'm'));
    assert.match(check.stderr, new RegExp(`^checkout and stock cannot start, because ${refused}$`, 'm'));
  },
);

for (const [what, answer] of [
  ['says something else', 'hello\r\n'],
  ['says nothing', ''],
] as const) {
  test(`a stranger on RabbitMQ's port that ${what}: the sentence names the port`, async (t) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(answer)).listen(0, 'localhost');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    const { env } = await environment(t, { RABBITMQ_HOST: 'localhost', RABBITMQ_PORT: String(port) });

    const { code, stderr } = await runScript(t, RUN, [], { env });

    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(`localhost:${port} is meant for RabbitMQ but held by .*RABBITMQ_PORT\\.`),
    );
  });
}

test(
  'the services follow a change of the step, and run.ts uses them, also the one without a port',
  { skip },
  async (t) => {
    const cwd = await projectCopy(t);
    const { env, ports } = await environment(t, broker.env);
    const services = startScript(t, 'workshop/commands/services.ts', [], { cwd, env });
    await services.printed(/bands-api {3}│ ready/);
    await services.printed(/reviews-api │ ready/);

    const step = await runScript(t, 'workshop/commands/step.ts', ['14'], { cwd, env });
    assert.equal(step.code, 0, step.stderr);
    await services.printed(new RegExp(`gateway {2}│ ready at http://localhost:${ports.gateway} after`));
    await services.printed(new RegExp(`checkout │ ready at localhost:${ports.checkout} \\(gRPC\\) after`));
    await services.printed(/stock {4}│ ready after/);
    await eventually(async () => !(await accepts(ports.bands)), 'the services of the step before are ended');

    const { code, stderr } = await runScript(t, join(cwd, 'run.ts'), [], { cwd, env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /checkout and gateway and stock \(running already\)/);

    const second = await runScript(t, 'workshop/commands/services.ts', [], { cwd, env });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /checkout runs already at port \d+ in /);

    const back = await runScript(t, 'workshop/commands/step.ts', ['10'], { cwd, env });
    assert.equal(back.code, 0, back.stderr);
    await eventually(() => accepts(ports.bands), 'bands-api is back');
  },
);

test(
  'the doctor finds the broker; without one that is a fault only where a step needs it',
  { skip },
  async (t) => {
    const cwd = await projectCopy(t);
    const { env } = await environment(t, broker.env);
    const lines = async (more: Record<string, string> = {}) => {
      const { code, stdout } = await runScript(t, 'workshop/commands/doctor.ts', [], {
        cwd,
        env: { ...env, ...more },
      });
      return { code, line: stdout.split('\n').find((one) => one.includes('RabbitMQ'))! };
    };
    const gone = { RABBITMQ_PORT: String(await freePort()) };

    assert.match(
      (await lines()).line,
      new RegExp(`^✓ needs +RabbitMQ answers at 127\\.0\\.0\\.1:${broker.port}$`),
    );
    assert.match((await lines(gone)).line, /^✓ needs +not yet, but from step 11 on: no RabbitMQ answers/);
    await runScript(t, 'workshop/commands/step.ts', ['11'], { cwd, env });
    const needed = await lines(gone);
    assert.match(needed.line, /^✗ needs +no RabbitMQ answers at .*docker compose up rabbitmq/);
    assert.equal(needed.code, 1);
  },
);
