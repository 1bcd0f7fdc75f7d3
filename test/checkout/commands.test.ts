import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '#workshop/net/ports';
import { accepts } from '#workshop/net/accepts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { projectCopy } from '../support/copy.ts';
import { checkoutEnvironment } from './environment.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { openChannel } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const RUN = 'steps/15-parent-or-link/run.ts';

test(
  'run.ts makes the call, draws five spans over three services and prints the URL last',
  { skip },
  async (t) => {
    const { env, ports } = await checkoutEnvironment(t, broker.env);

    const { code, stdout, stderr } = await runScript(t, RUN, [], { env });

    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^http://localhost:${ports.query}/trace/[0-9a-f]{32}\n$`));
    assert.match(stderr, /The response is 202 Accepted, without a body\./);
    assert.match(stderr, /gateway: POST \/api\/checkout .* 5 spans · 3 services · no errors/);
  },
);

test('without a RabbitMQ: one sentence that says how to get one, exit code 1, nothing left', async (t) => {
  const nobody = String(await freePort());
  const { env, ports } = await checkoutEnvironment(t, { RABBITMQ_HOST: 'localhost', RABBITMQ_PORT: nobody });

  const { code, stdout, stderr } = await runScript(t, RUN, [], { env });

  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(
    stderr.trimEnd(),
    new RegExp(
      `^checkout and stock need RabbitMQ: nothing is listening at localhost:${nobody} \\(from RABBITMQ_HOST and RABBITMQ_PORT\\)\\. It is .+\\.$`,
    ),
  );
  for (const port of Object.values(ports)) assert.equal(await accepts(port), false);
});

slowTest(
  'a RabbitMQ that refuses the user: run.ts, the doctor and the check say so, and what to set',
  { skip },
  async (t) => {
    const { env } = await checkoutEnvironment(t, {
      ...broker.env,
      RABBITMQ_USER: 'guest',
      RABBITMQ_PASS: 'wrong',
    });
    const cwd = await projectCopy(t);
    await runScript(t, 'workshop/commands/step.ts', ['11'], { cwd, env });
    const refused = `RabbitMQ: it refuses the user guest at 127\\.0\\.0\\.1:${broker.port}\\. Set RABBITMQ_USER and RABBITMQ_PASS\\.`;

    const run = await runScript(t, RUN, [], { env });
    const doctor = await runScript(t, 'workshop/commands/doctor.ts', [], { cwd, env });
    const check = await runScript(t, 'workshop/commands/check.ts', ['11'], { cwd, env });

    assert.deepEqual([run.code, doctor.code, check.code], [1, 1, 1]);
    assert.match(run.stderr, new RegExp(`^checkout and stock need ${refused}$`, 'm'));
    assert.match(doctor.stdout, new RegExp(`^✗ parts +${refused}$`, 'm'));
    assert.match(check.stderr, new RegExp(`^checkout and stock need ${refused}$`, 'm'));
  },
);

for (const [what, answer] of [
  ['says something else', 'hello\r\n'],
  ['says nothing', ''],
] as const) {
  (answer === '' ? slowTest : test)(
    `a stranger on RabbitMQ's port that ${what}: the sentence names the port`,
    async (t) => {
      const server = createServer((socket) => socket.on('error', () => {}).end(answer)).listen(
        0,
        'localhost',
      );
      await once(server, 'listening');
      t.after(() => server.close());
      const { port } = server.address() as { port: number };
      const { env } = await checkoutEnvironment(t, {
        RABBITMQ_HOST: 'localhost',
        RABBITMQ_PORT: String(port),
      });

      const { code, stderr } = await runScript(t, RUN, [], { env });

      assert.equal(code, 1);
      assert.match(
        stderr,
        new RegExp(`need RabbitMQ: localhost:${port} \\(from .+\\) is used by .*RABBITMQ_PORT\\.`),
      );
    },
  );
}

slowTest(
  'the doctor finds the broker; without one that is a fault only where a step needs it, or the chapter asked for',
  { skip },
  async (t) => {
    const cwd = await projectCopy(t);
    const { env } = await checkoutEnvironment(t, broker.env);
    const gone = { RABBITMQ_PORT: String(await freePort()) };
    const lines = async (more: Record<string, string> = {}, words: string[] = []) => {
      const { code, stdout } = await runScript(t, 'workshop/commands/doctor.ts', words, {
        cwd,
        env: { ...env, ...more },
      });
      return { code, line: stdout.split('\n').find((one) => one.includes(' parts '))! };
    };

    assert.match(
      (await lines()).line,
      new RegExp(`^✓ parts +RabbitMQ is running at 127\\.0\\.0\\.1:${broker.port}\\.$`),
    );
    assert.match(
      (await lines(gone)).line,
      /^✓ parts +RabbitMQ: nothing is listening at .+ \(needed from step 11\)$/,
    );
    assert.match((await lines(gone, ['--chapter', '1'])).line, /^✓ parts +this chapter needs no parts$/);
    const needed = await lines(gone, ['--chapter', '2']);
    assert.match(needed.line, /^✗ parts +RabbitMQ: nothing is listening at /);
    assert.equal(needed.code, 1);
    await runScript(t, 'workshop/commands/step.ts', ['11'], { cwd, env });
    assert.match((await lines(gone)).line, /^✗ parts +RabbitMQ: nothing is listening at /);
  },
);

slowTest(
  'a queue with other settings: run.ts says at once what to delete; a check has its own, and keeps its message',
  { skip },
  async (t) => {
    const { env } = await checkoutEnvironment(t, broker.env);
    const channel = await openChannel(t, broker);
    await channel.deleteQueue('stock-queue');
    await channel.assertQueue('stock-queue', { durable: true });
    channel.sendToQueue('stock-queue', Buffer.from('{"items":[1]}'));
    await channel.waitForConfirms();
    const cwd = await projectCopy(t);
    await runScript(t, 'workshop/commands/step.ts', ['15'], { cwd, env });

    const run = await runScript(t, RUN, [], { env });
    const check = await runScript(t, 'workshop/commands/check.ts', ['15'], { cwd, env });

    assert.equal(run.code, 1);
    assert.match(
      run.stderr,
      /^(checkout|stock) cannot start: RabbitMQ already has a queue stock-queue with other settings\. Delete it with `rabbitmqctl delete_queue stock-queue`/m,
    );
    assert.equal(check.code, 0, check.stdout + check.stderr);
    assert.doesNotMatch(check.stdout, /check-/);
    assert.equal((await channel.checkQueue('stock-queue')).messageCount, 1);
  },
);
