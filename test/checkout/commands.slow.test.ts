import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { accepts } from '#workshop/net/accepts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { projectCopy } from '../support/copy.ts';
import { eventually } from '../support/eventually.ts';
import { checkoutEnvironment } from './environment.ts';
import { runScript, startScript } from '../support/process.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const RUN = 'steps/15-parent-or-link/run.ts';

test(
  'run.ts --json names the answer after what is asked for, and there is no band to choose',
  { skip },
  async (t) => {
    const { env } = await checkoutEnvironment(t, broker.env);

    const { stdout } = await runScript(t, RUN, ['--json'], { env });
    const refused = await runScript(t, RUN, ['--band', '1'], { env });
    const help = await runScript(t, RUN, ['--help'], { env });

    assert.deepEqual(Object.keys(JSON.parse(stdout)), ['checkout', 'traceId', 'url', 'durationMs', 'spans']);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Unknown option '--band'/);
    assert.ok(!help.stdout.includes('band'));
  },
);

test(
  'the services follow a change of the step, and run.ts uses them, also the one without a port',
  { skip },
  async (t) => {
    const cwd = await projectCopy(t);
    const { env, ports } = await checkoutEnvironment(t, broker.env);
    const services = startScript(t, 'workshop/commands/services.ts', [], { cwd, env });
    await services.printed(/bands-api {3}│ ready/);
    await services.printed(/reviews-api │ ready/);

    const step = await runScript(t, 'workshop/commands/step.ts', ['15'], { cwd, env });
    assert.equal(step.code, 0, step.stderr);
    await services.printed(new RegExp(`gateway {2}│ ready at http://localhost:${ports.gateway} after`));
    await services.printed(new RegExp(`checkout │ ready at localhost:${ports.checkout} \\(gRPC\\) after`));
    await services.printed(/stock {4}│ ready after/);
    await eventually(async () => !(await accepts(ports.bands)), 'the services of the step before are ended');

    const { code, stderr } = await runScript(t, join(cwd, 'run.ts'), [], { cwd, env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /checkout, gateway, and stock \(already running\)/);

    const second = await runScript(t, 'workshop/commands/services.ts', [], { cwd, env });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /checkout is already running at port \d+ in /);

    const back = await runScript(t, 'workshop/commands/step.ts', ['10'], { cwd, env });
    assert.equal(back.code, 0, back.stderr);
    await eventually(() => accepts(ports.bands), 'bands-api is back');
  },
);
