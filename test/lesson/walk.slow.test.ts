/** Steps 1 to 3 as an attendee does them: by clicking on the page, and by saving files. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { nameHelper } from '#tools/browser';
import { freePort } from '#workshop/net/ports';
import { skipWithoutBrowser as skip, useBrowser } from '../support/browser.ts';
import { projectCopy } from '../support/copy.ts';
import { allClosed, isolatedEnvironment } from '../support/environment.ts';
import { runScript, startScript } from '../support/process.ts';

const LESSON = 'workshop/commands/lesson.ts';
const PATIENCE_MS = 180_000; // a check takes a minute on a machine that is busy with other tests

test('the page leads from step 1 to step 3, together with an editor and a terminal', { skip }, async (t) => {
  const cwd = await projectCopy(t);
  const { env, ports } = await isolatedEnvironment(t);
  const port = await freePort();
  const backend = startScript(t, 'workshop/commands/backend.ts', [], { cwd, env });
  await backend.printed(/The trace backend is ready/);
  const lesson = startScript(t, LESSON, ['--port', String(port)], { cwd, env });
  await lesson.printed(/The lesson is at \S+\n/);
  const [, address] = /The lesson is at (\S+)/.exec(lesson.stdout)!;

  const browser = await useBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(nameHelper);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const checked = (heading: string) =>
    page.locator('.check-view').getByRole('heading', { name: heading }).waitFor();
  const output = page.locator('.output pre');
  const frame = page.frameLocator('iframe');
  const type = (step: string, path: string) => cp(join(cwd, 'steps', step, path), join(cwd, path));

  /** On a busy machine, the first spans of a service that has just started may come too late for run.ts. */
  async function runAndOpenTrace() {
    for (
      let attempt = 1;
      attempt === 1 || (attempt < 4 && !(await button('Open the trace').isVisible()));
      attempt++
    ) {
      await button('Run').click();
      await button('Stop').waitFor();
      await button('Run').waitFor();
    }
    await button('Open the trace').click();
  }

  await page.goto(address!);
  await page.getByRole('heading', { name: '01. Start the services' }).waitFor();
  await page.getByText('Your code is that of step 10.').waitFor();
  await button('Reset').click();
  await page.getByText('Step 1 is now in the working copy.').waitFor();
  await checked('Step 1 is done');
  await button('Next: 2. Trace bands-api').click();

  await page.getByRole('heading', { name: '02. Trace bands-api' }).waitFor();
  await checked('Step 2 is not done yet');
  await page.getByText('Hint 1').click();
  await page.getByText('Its options answer three questions').waitFor();
  await writeFile(join(cwd, 'bands-api/tracing.ts'), 'const sdk = ;\n');
  await page.getByText('SyntaxError').waitFor();
  await page.locator('.service-state.waiting', { hasText: 'bands-api' }).waitFor();
  await button('Run').click();
  await page.getByText('run.ts failed.').waitFor();
  assert.match((await output.textContent())!, /tracing\.ts:1:\d+: ERROR/);

  await type('02-trace-bands-api', 'bands-api/tracing.ts');
  await page.getByRole('button', { name: 'Check' }).click();
  await checked('Step 2 is done');
  await page.locator('.service-state.ready', { hasText: 'bands-api' }).waitFor();
  await runAndOpenTrace();
  await frame.locator('.result-link', { hasText: 'GET /bands/:id' }).click();
  await frame.locator('.span-row').first().waitFor();
  await button('Output').click();
  assert.match((await output.textContent())!, /bands-api and reviews-api \(already running\)/);

  await page.getByRole('button', { name: 'Check' }).click();
  await button('Next: 3. Propagate from the caller').click();
  await checked('Step 3 is not done yet');
  await button('Differences').click();
  await button('Show me what differs').click();
  await page.locator('.difference .added', { hasText: 'traceparent' }).first().waitFor();
  await type('03-propagate-from-the-caller', 'run.ts');
  await page.getByText('Nothing: the working copy is the same as step 3.').waitFor();
  await page.getByRole('button', { name: 'Check' }).click();
  await checked('Step 3 is done');
  backend.child.kill('SIGINT');
  await backend.ended; // Run starts another one
  await runAndOpenTrace();
  await frame.locator('.span-row').first().waitFor();
  assert.ok(await frame.locator('.site-header').isHidden());
  await page.getByRole('button', { name: 'Projector' }).click();
  await frame.locator('html[data-size=projector]').waitFor();
  await page.getByRole('button', { name: 'Projector' }).click();

  const run = join(cwd, 'run.ts');
  const mine = `${await readFile(run, 'utf8')}// mine\n`;
  await writeFile(run, mine);
  const { stdout } = await runScript(t, 'workshop/commands/step.ts', ['1'], { cwd, env });
  assert.match(stdout, /^Your work was saved in /);
  await page.getByRole('heading', { name: '02. Trace bands-api' }).waitFor();
  await button('Restore').click();
  await page.getByText(/^Your work from \S+ is back in the working copy\.$/).waitFor();
  assert.equal(await readFile(run, 'utf8'), mine);

  const second = await runScript(t, LESSON, ['--port', String(port)], { cwd, env });
  assert.equal(second.code, 1);
  assert.match(
    second.stderr,
    new RegExp(
      `^npm run lesson is already running at http://localhost:${port} in .+: open the address that it printed`,
    ),
  );

  lesson.child.kill('SIGINT');
  assert.equal(await lesson.ended, 0);
  assert.ok(await allClosed({ ...ports, port }));
  await page.getByText('npm run lesson has stopped.').waitFor();
});
