/** The commands of the bot, with a real ops service, embedded backend, and Prometheus. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createBot } from '#shared/chat/bot.ts';
import type { Responder } from '#shared/chat/chat.ts';
import { standardCommands } from '#shared/chat/commands/standard.ts';
import { queryFrom } from '#workshop/trace/search/query';
import { showTrace } from '../../steps/21-chat/chatbot/show-trace.ts';
import { prometheusMissing } from '../support/measured-service.ts';
import { startOpsSystem } from '../support/ops-system.ts';
import { runScript } from '../support/process.ts';
import { encodeRequest, sendHttp, someSpan, someTraceId } from '../support/otlp.ts';

const skip = prometheusMissing;
let system: Awaited<ReturnType<typeof startOpsSystem>>;
let bot: Responder;
let now = 0;

if (!skip) {
  before(async () => {
    system = await startOpsSystem();
    const commands = [showTrace, ...standardCommands(new Set(['ada']))];
    // Each question is the first of its minute.
    bot = createBot({ commands, service: 'followers-api', ops: system.client, now: () => (now += 60_000) });
  });
  after(() => system.close());
}

async function ask(text: string, user = 'ada', zone = 'Europe/Riga') {
  return (await bot({ text, user, profile: async () => ({ isBot: false, zone }) }))!;
}

test('each wrong question gets its own sentence', { skip }, async () => {
  const unknown = someTraceId();
  const table: [question: string, sentence: RegExp][] = [
    ['show logs', /^I need one trace id: show logs ID\.$/],
    ['show logs a b', /^I need one trace id: show logs ID\.$/],
    ['show logs xyz', /^"xyz" is not a trace id/],
    [`show logs ${unknown}`, new RegExp(`^Trace ${unknown} doesn't exist\\.$`)],
    ['list traces limit=1 service=nobody', /^No trace matches\.$/],
    ['list traces limit=1', /^No trace matches\.$/], // of followers-api
    ['show trace', /^I need one trace id: show trace ID\.$/],
    ['list traces colour=red', /^"colour" is not an option/],
    ['list traces min=fast', /^min is "fast", which is not a duration/],
    ['version a b', /^I need a single service: version SERVICE\.$/],
    ['version nobody', /^No instance of "nobody" says which version it runs\.$/],
    ['alerts state=loud', /^"loud" is not a state/],
    ['change sampling', /^"" doesn't say how much to sample/],
    ['change sampling sometimes', /^"sometimes" doesn't say how much to sample/],
    ['change sampling float', /^"float" doesn't say how much to sample/],
    ['change sampling float 2', /^"float 2" doesn't say how much to sample/],
    ['change sampling nobody always', /"nobody"/],
  ];
  for (const [question, sentence] of table) {
    const { text, lines } = await ask(question);
    assert.match(text, sentence, question);
    assert.deepEqual(lines, [], question);
  }
});

test('the bot and the command line give the same facts', { skip }, async (t) => {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const times = { startNs, endNs: startNs + 25_000_000n };
  const exception = {
    name: 'exception',
    timeNs: startNs,
    attributes: { 'exception.message': 'a "b" | c\nd' },
  };
  const root = someSpan({ ...times, name: 'GET /orders/:id', attributes: { 'http.route': '/orders/:id' } });
  const child = someSpan({
    ...times,
    traceId: root.traceId,
    parentId: root.spanId,
    name: 'SELECT <!channel>',
    status: { code: 2, message: 'deadlock' },
    events: [exception],
  });
  await sendHttp(system.backend.otlpHttpUrl, encodeRequest([root, child], 'shop'));
  const table: [question: string, words: string[]][] = [
    ['list traces service=shop error', ['traces', 'service=shop', 'error']],
    [`show trace ${root.traceId}`, ['trace', root.traceId]],
    [`show logs ${root.traceId}`, ['logs', root.traceId]],
    ['version', ['version', 'followers-api']],
    ['alerts state=firing', ['alerts', 'state=firing']],
    ['change sampling caller float 0.5', ['sampling', 'caller', '0.5']],
  ];
  const zone = 'Asia/Tokyo';
  const env = { ...process.env, OPS_ADDRESS: `localhost:${system.port}`, TZ: zone };
  for (const [question, words] of table) {
    const { stdout } = await runScript(t, 'steps/21-chat/ops/cli.ts', words, { env });
    const { text, lines, link } = await ask(question, 'ada', zone);
    assert.equal([text, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n'), stdout.trimEnd(), question);
    if (question.includes(root.traceId)) assert.ok(link!.endsWith(`/trace/${root.traceId}`), question);
  }
});

test('a long list is cut, with a link to the page of the same search', { skip }, async () => {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const attributes = { error: true };
  const spans = Array.from({ length: 60 }, () =>
    someSpan({ startNs, endNs: startNs + 1_000_000n, attributes }),
  );
  await sendHttp(system.backend.otlpHttpUrl, encodeRequest(spans, 'busy'));
  const { text, lines, link } = await ask('list traces service=busy error limit=100');
  assert.equal(text, '60 traces, newest first:');
  assert.equal(lines.at(-1), `… and ${60 - (lines.length - 2)} more`);
  const query = queryFrom(new URL(link!).search);
  assert.deepEqual([query.service, query.tags, query.limit], ['busy', 'error=true', '100']);
  assert.ok(Number(query.start) < Number(startNs / 1_000n) && Number(query.end) >= Number(startNs / 1_000n));
});

test('alerts and versions lead to the page of Prometheus that shows them', { skip }, async () => {
  const linkFor = async (question: string) => new URL((await ask(question)).link!);
  const [list, table] = [await linkFor('alerts state=firing'), await linkFor('version')];
  assert.match(list.pathname, /\/alerts$/);
  assert.equal(table.searchParams.get('g0.expr'), 'build_info{job="followers-api"}');
  for (const page of [list, table]) assert.equal((await fetch(page)).status, 200, page.href);
});

test('times are in the zone of the user', { skip }, async () => {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const span = someSpan({ startNs, endNs: startNs + 1_000_000n });
  await sendHttp(system.backend.otlpHttpUrl, encodeRequest([span], 'clock'));
  const hourIn = async (zone: string) => {
    const { lines } = await ask('list traces service=clock', 'ada', zone);
    return Number(/ (\d\d):\d\d:/.exec(lines.at(-1)!)?.[1]);
  };
  assert.equal(((await hourIn('Asia/Tokyo')) - (await hourIn('UTC')) + 24) % 24, 9);
});

test('only the listed users change the sampling, of the usual service or of another', { skip }, async () => {
  const ratio = (service = 'followers-api') =>
    system.sampling.strategyFor(service).probabilisticSampling.samplingRate;
  const { text } = await ask('change sampling never', 'grace');
  assert.equal(text, 'You (grace) may not change the sampling: SAMPLING_USERS lists who may.');
  assert.equal(ratio(), 1);
  system.instances[0].setSampling(0.25);
  system.instances[1].setSampling(0.25);
  const changed = await ask('change sampling float 0.25');
  assert.match(changed.text, /^followers-api should sample 25 % of its traces, but only 2 of 3 instances/);
  assert.equal(ratio(), 0.25);
  assert.match((await ask('change sampling caller never')).text, /caller/);
  assert.equal(ratio('caller'), 0);
});
