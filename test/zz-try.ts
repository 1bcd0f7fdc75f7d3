import { copyProject, removeCopy } from '#tools/project-copy';
import { launchBrowser, nameHelper } from '#tools/browser';
import { freePort } from '#workshop/net/ports';
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
const cwd = await copyProject();
const p = async () => String(await freePort());
const q = await p();
const env = { ...process.env, JAEGER_URL: `http://localhost:${q}`, OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${await p()}`, OTLP_URL: `http://localhost:${await p()}`, BANDS_API_PORT: await p(), REVIEWS_API_PORT: await p(), WORKSHOP_STATE: mkdtempSync('/tmp/l18/state-'), NO_COLOR: '1' };
const tsx = ['--import', import.meta.resolve('tsx')];
execFileSync(process.execPath, [...tsx, 'workshop/command.ts', 'step', '1'], { cwd, env });
execFileSync(process.execPath, [...tsx, 'workshop/command.ts', 'step', process.argv[2] ?? '3'], { cwd, env });
const child = spawn(process.execPath, [...tsx, 'workshop/command.ts', 'lesson', '--port', await p()], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
let out = '';
const url: string = await new Promise((resolve) => child.stdout.on('data', (d) => { out += d; process.stdout.write(d); const m = /The lesson is at (\S+)/.exec(out); if (m) resolve(m[1]!); }));
const browser = await launchBrowser();
const shots = process.argv[3] ?? 'a';
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  await context.addInitScript(nameHelper);
  const page = await context.newPage();
  page.on('console', (m) => console.log('console', m.text()));
  page.on('pageerror', (e) => console.log('error', e.stack));
  await page.goto(url);
  await page.locator('.readme h1').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Open the trace' }).waitFor({ timeout: 90_000 });
  await page.screenshot({ path: `/tmp/l18/${shots}-output.png` });
  await page.getByRole('button', { name: /^Check/ }).first().click();
  await page.locator('.outcome').first().waitFor({ timeout: 90_000 });
  await page.waitForFunction(() => document.querySelector('.check')?.getAttribute('aria-busy') === 'false', undefined, { timeout: 90_000 });
  await page.screenshot({ path: `/tmp/l18/${shots}-check.png` });
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await page.frameLocator('iframe').locator('.span-row').first().waitFor();
  await page.screenshot({ path: `/tmp/l18/${shots}-trace.png` });
  await page.getByRole('button', { name: 'Differences' }).click();
  await page.getByRole('button', { name: 'Show me' }).click();
  await page.locator('.difference pre').first().waitFor();
  await page.screenshot({ path: `/tmp/l18/${shots}-diff.png` });
  for (const [name, width, height, scheme, projector] of [['wide-light', 1920, 1080, 'light', false], ['wide-dark', 1920, 1080, 'dark', false], ['small-dark', 1280, 720, 'dark', false], ['projector', 1920, 1080, 'light', true], ['small-projector', 1280, 720, 'light', true], ['half', 760, 1000, 'light', false]] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    if ((await page.locator('html').getAttribute('data-size') === 'projector') !== projector) await page.locator('#projector').click();
    for (const view of name === 'half' || projector ? ['Lesson', 'Check', 'Trace', 'Output'] : ['Check', 'Trace']) {
      const button = page.locator('.view-buttons').getByRole('button', { name: view });
      if (await button.count() === 0) continue;
      await button.click();
      await page.waitForTimeout(700);
      await page.screenshot({ path: `/tmp/l18/${shots}-${name}-${view}.png` });
    }
  }
} finally {
  await browser.close();
  child.kill('SIGINT');
  await new Promise((r) => child.once('exit', (c) => (console.log('exit', c), r(c))));
  await removeCopy(cwd);
}
