import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marked, type Tokens } from 'marked';
import { change, excerpt } from '#tools/slides/code/excerpt';
import { highlightLines } from '#tools/slides/code/highlight';
import { walkOf } from '#tools/slides/code/walk';
import { findRegion } from '#tools/slides/code/region';
import { drawCost, drawCostTable, type OverheadResult } from '#tools/slides/draw/cost';
import { flowOf } from '#tools/slides/draw/flow';
import { include } from '#tools/slides/includes';
import { kinds } from '#tools/slides/model';
import { readNotes } from '#tools/slides/notes';
import { readDeck } from '#tools/slides/read';
import { readRecording } from '#tools/traces/recordings';
import { listSteps } from '#workshop/course/list';

const deck = await readDeck();
const steps = await listSteps();
const step = (number: number) => steps.find((each) => each.number === number)!;
const choice = (path: string, ...regions: string[]) => ({ path, regions, plain: false, dense: false });
const texts = (lines: { text: string }[]) => lines.map(({ text }) => text);

test('each step of the talk has a problem, a change, a turn with its check, and the expected result', () => {
  const taught = deck.chapters.filter(({ step: of }) => of);
  assert.deepEqual(
    taught.map(({ step: of }) => of!.number),
    steps.map(({ number }) => number),
  );
  for (const { step: of, slides } of taught) {
    const begins = [1, 11].includes(of!.number); // there is nothing to type
    assert.deepEqual(
      [...new Set(slides.map(({ kind }) => kind).filter((kind) => kind !== 'how'))],
      begins ? ['problem', 'turn', 'see'] : ['problem', 'change', 'turn', 'see'],
      of!.name,
    );
    const commands = slides.flatMap(({ body }) =>
      body.filter(({ type }) => type === 'code').map(({ raw }) => raw),
    );
    assert.ok(commands.join('\n').includes(`npm run check ${of!.number}\n`), of!.name);
  }
});

test('slide ids are unique, and every kind of slide is used', () => {
  const slides = deck.chapters.flatMap((chapter) => chapter.slides);
  assert.equal(new Set(slides.map(({ id }) => id)).size, slides.length);
  assert.deepEqual(new Set(slides.map(({ kind }) => kind)), new Set(kinds));
});

const notes = (text: string) => readNotes(marked.lexer(text)[0] as Tokens.List, 'slides/x.md, "A slide"');
const wholeNotes = '- minutes: 1.5 · 3\n- say: a\n- show: b\n- asked: c\n- wrong: d\n';

test('notes have the minutes of every schedule and all fields for the speaker', () => {
  assert.deepEqual(notes(wholeNotes), {
    minutes: { ninety: 1.5, 'half-day': 3, messages: 0, monitoring: 0, operate: 0, endpoints: 0 },
    optional: false,
    say: 'a',
    show: 'b',
    asked: 'c',
    wrong: 'd',
  });
  const minutesOf = (text: string) => notes(wholeNotes.replace('1.5 · 3', text)).minutes;
  assert.deepEqual(minutesOf('1.5'), {
    ninety: 1.5,
    'half-day': 1.5,
    messages: 0,
    monitoring: 0,
    operate: 0,
    endpoints: 0,
  });
  assert.deepEqual(minutesOf('0 · 0 · 2'), {
    ninety: 0,
    'half-day': 0,
    messages: 2,
    monitoring: 0,
    operate: 0,
    endpoints: 0,
  });
  assert.equal(minutesOf('0 · 0 · 0 · 2').monitoring, 2);
  const optional = notes(wholeNotes.replace('1.5 · 3', '1.5 · 3, optional'));
  assert.deepEqual([optional.optional, optional.minutes.ninety], [true, 1.5]);
});

test('incomplete notes give an error that names the slide', () => {
  const cases: [string, RegExp][] = [
    [wholeNotes.replace('- wrong: d\n', ''), /"A slide": the notes have no "wrong:"/],
    [wholeNotes.replace('say: a', 'say:'), /have no "say:"/],
    [wholeNotes.replace('1.5 · 3', 'soon'), /"minutes: soon" is invalid/],
    [wholeNotes.replace('1.5 · 3', '1 · 2 · 3 · 4 · 5 · 6 · 7'), /is invalid/],
    [wholeNotes.replace('1.5 · 3', '-1'), /is invalid/],
    [`${wholeNotes}- joke: e\n`, /"joke:"/],
    [`${wholeNotes}- no name\n`, /must begin with one of/],
  ];
  for (const [text, sentence] of cases) assert.throws(() => notes(text), { message: sentence });
});

const code = `import { a } from 'a';

const settings = {
  one: 1,
};

/** Docs. */
export async function work(name: string) {
  if (name) {
    return 1;
  }
  return 2;
}

class Bag extends Base {
  override take(count: number) {
    return count;
  }
}

start('now');
settings.one = 2;`.split('\n');

test('a part of a file is found by the name of its declaration, method, or statement, optionally within another part', () => {
  const found = (words: string) => {
    const ranges = findRegion(code, words);
    return ranges?.flatMap(({ from, to }) => code.slice(from, to));
  };
  assert.deepEqual(found('settings'), code.slice(2, 5));
  assert.deepEqual(found('work'), code.slice(7, 13));
  assert.deepEqual(found('Bag'), code.slice(14, 19));
  assert.deepEqual(found('take'), code.slice(15, 18));
  assert.deepEqual(found('start'), ["start('now');"]);
  assert.deepEqual(found('settings.one'), ['settings.one = 2;']);
  assert.deepEqual(found('work/return'), ['    return 1;']);
  assert.deepEqual(found('work/if/return'), ['    return 1;']);
  assert.deepEqual(found('Bag/take/return'), ['    return count;']);
  assert.deepEqual(found('work{}'), [code[7], code[12]]);
  assert.deepEqual(found('Bag/take{}'), [code[15], code[17]]);
  for (const words of ['nothing', 'wor', 'work/take', 'nothing/return', 'work/', ''])
    assert.equal(found(words), undefined, words);
});

test('in YAML, a part is a key with its value, whatever the line of the key ends with', () => {
  const yaml = `rules:
  - alert: Slow
    labels: {
      severity: page }
    annotations:
      summary: slow

      link: there
  - alert: Gone`.split('\n');
  assert.deepEqual(findRegion(yaml, '- alert', 'yaml'), [{ from: 1, to: 8 }]);
  assert.deepEqual(findRegion(yaml, 'rules/labels', 'yaml'), [{ from: 2, to: 4 }]);
  assert.deepEqual(findRegion(yaml, 'rules/annotations', 'yaml'), [{ from: 4, to: 8 }]);
});

test('the highlighter does not change the text of any line', async () => {
  const plain = (html: string) =>
    html
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#039;', "'")
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  for (const each of steps.filter(({ number }) => number <= 10)) {
    const lines = await excerpt(each, choice('bands-api/app.ts'));
    const html = highlightLines(texts(lines).join('\n'));
    assert.deepEqual(html.map(plain), texts(lines), each.name);
  }
});

test('a change shows added and removed lines and cuts, with the right line numbers in both files', async () => {
  const { before, after } = await change(step(3), step(4), {
    ...choice('bands-api/app.ts', 'getReviews'),
    plain: true,
    context: 1,
  });
  assert.deepEqual(
    new Set(after.filter(({ kind }) => kind === 'added').map(({ text }) => text.trim())),
    new Set([
      'const headers: Record<string, string> = {};',
      'propagation.inject(context.active(), headers);',
      '',
      'return askReviewsApi(`/reviews?band_id=${bandId}`, { headers, signal });',
    ]),
  );
  assert.ok(before.every(({ kind }) => kind !== 'added'));
  assert.ok(after.every(({ kind }) => kind !== 'removed'));
  const kept = (lines: typeof after) => texts(lines.filter(({ kind }) => kind === 'same'));
  assert.deepEqual(kept(before), kept(after));
});

test('parts of a file are joined by a cut for omitted code, or by a blank line for omitted blank lines', async () => {
  const shown = async (...regions: string[]) =>
    texts(await excerpt(step(5), choice('bands-api/app.ts', ...regions)));
  assert.deepEqual(await shown('tracer', 'getReviews/propagation'), [
    "const tracer = trace.getTracer('bands-api');",
    '…',
    '  propagation.inject(context.active(), headers);',
  ]);
  assert.deepEqual(await shown('uuid', 'tracer', 'time'), [
    "const tracer = trace.getTracer('bands-api');",
    '',
    "const uuid = { type: 'string', format: 'uuid' };",
    "const time = { type: 'string', format: 'date-time' };",
  ]);
});

test('a speaker explains a change part by part: short statements, the frame of a long one, and its branches', async () => {
  const parts = async (path: string, from: number, to: number, ...regions: string[]) => {
    const { after } = await change(step(from), step(to), {
      ...choice(path, ...regions),
      plain: true,
      context: 9,
    });
    const walk = walkOf(after);
    const count = Math.max(...walk.map((part) => part ?? -1)) + 1;
    return Array.from({ length: count }, (_, part) =>
      after.filter((_line, at) => walk[at] === part).map(({ text }) => text.trim()),
    );
  };
  assert.deepEqual(await parts('bands-api/app.ts', 4, 5, 'inSpan'), [
    ['function inSpan<T>(name: string, work: () => Promise<T>) {', '}'],
    ['return tracer.startActiveSpan(name, async (span) => {', '});'],
    ['try {', 'return await work();'],
    [
      '} catch (error) {',
      'span.recordException(error as Error);',
      'span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });',
      'throw error;',
    ],
    ['} finally {', 'span.end();', '}'],
  ]);
  const [first, second] = await parts('bands-api/app.ts', 3, 4, 'getReviews');
  assert.deepEqual(
    [first, second],
    [['const headers: Record<string, string> = {};'], ['propagation.inject(context.active(), headers);']],
  );
});

test('a missing file, part, or difference gives an error of one sentence', async () => {
  const cases: [string, RegExp][] = [
    [
      'code:05/bands-api/reviews.ts#askReviewsApi/try',
      /brackets of askReviewsApi\/try in 05-.*reviews\.ts are unbalanced/,
    ],
    ['code:03/run.ts#getBnad', /steps\/03-propagate-from-the-caller\/run\.ts has no part "getBnad"/],
    ['code:03/runs.ts', /steps\/03-propagate-from-the-caller has no file runs\.ts/],
    ['code:77/run.ts', /There is no step 77/],
    ['diff:04..05/run.ts', /is the same in/],
    ['diff:04..05/reviews-api/app.ts?context=1#readReview', /unbalanced before the change: show more lines/],
    ['diff:04..05/bands-api/app.ts#nowhere', /has no part "nowhere"/],
    ['output:03?from=never%20printed#npx tsx run.ts', /has no output with "never printed"/],
    ['page:board', /There is no docs\/board-light\.png: npm run docs takes/],
    ['trace:01', /no trace of step 1: npm run docs records it/],
    ['journey:02?to reviews-api=traceparent', /no call into reviews-api/],
    ['journey:16', /no journey through/],
    ['journey:04?to band-api=GET', /A journey has no "to band-api"/],
    ['hop:02/reviews-api', /no call into reviews-api with both sides/],
    ['span:05/checkout', /no SERVER span of checkout/],
  ];
  for (const [href, sentence] of cases) {
    await assert.rejects(include(href, 'words', steps, 600), (error: Error) => {
      assert.match(error.message, sentence, href);
      assert.equal(error.message.split('\n').length, 1, href);
      return true;
    });
  }
});

test('the journey of a request has the same boxes in the same places on every slide of a chapter', async () => {
  const placesIn = new Map<string, Set<string>>();
  const hrefs = deck.chapters.flatMap(({ slides }) =>
    slides.flatMap(({ body }) =>
      body.flatMap(({ raw }) => /\((?:<(journey:[^>]+)>|(journey:\S+))\)/.exec(raw)?.slice(1) ?? []),
    ),
  );
  const journeys = hrefs.filter((href) => href !== undefined);
  assert.ok(journeys.length > 10);
  for (const href of journeys) {
    const drawn = await include(href, 'words', steps, 600);
    const html = drawn.kind === 'html' ? drawn.html : '';
    const names = [...html.matchAll(/class="box-name"[^>]*>([\w-]+)</g)].map(([, name]) => name!);
    const edges = [...html.matchAll(/class="box-edge" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)];
    const system = names.includes('caller') ? 'HTTP' : 'messages';
    const places = placesIn.get(system) ?? placesIn.set(system, new Set()).get(system)!;
    places.add(edges.map(([, ...place], index) => `${names[index]} ${place.join(' ')}`).join(', '));
  }
  assert.deepEqual(
    [...placesIn.values()].map(({ size }) => size),
    [1, 1],
  );
});

test('a packet carries the ids of the recording, and a missing header has none', async () => {
  const { spans } = await readRecording(step(4));
  const [bands, reviews] = ['bands-api', 'reviews-api'].map((service) =>
    spans.find((span) => span.service === service && span.kind === 'server')!,
  );
  const packets = async (query: string) => {
    const drawn = await include(`journey:04?${query}`, 'words', steps, 600);
    const html = drawn.kind === 'html' ? drawn.html : '';
    return [...html.matchAll(/class="header-value[^>]*>([^<]*)</g)].map(([, text]) => text);
  };
  const short = (id: string) => `${id.slice(0, 4)}…${id.slice(-4)}`;
  assert.deepEqual(await packets('to bands-api=traceparent&to reviews-api=traceparent'), [
    short(bands!.traceId),
    short(bands!.parentId!),
    short(reviews!.traceId),
    short(reviews!.parentId!),
  ]);
  assert.deepEqual(await packets('to bands-api=no traceparent&to reviews-api=GET'), []);
});

/** A result with this many µs per request for each of the parts of tracing. */
function measured(...us: number[]): OverheadResult {
  const names = ['untraced', 'hook', 'hook+http', 'hook+http+undici', 'hook+http+undici+fastify'];
  names.push('hook+http+undici+fastify+export', 'hook+http+undici+fastify+export+logs');
  names.push('traced', 'traced, 10 % sampled');
  return {
    node: 'v20.19.0',
    cores: 2,
    cpu: 'A processor',
    connections: 10,
    seconds: 4,
    rounds: 5,
    variants: names.map((name, index) => ({ name, perSecond: 1e6 / us[index]! })),
    calls: 100,
    sent: 600,
    arrived: 600,
  };
}

test('a part that made requests no slower is within the noise, and the parts still add up', () => {
  const html = drawCost(measured(100, 98, 150, 140, 210, 300, 320, 320, 200), 'words');
  const said = [...html.matchAll(/class="duration"[^>]*>([^<]*)</g)].map(([, text]) => text);
  assert.deepEqual(said, [
    '100 µs',
    'within the noise',
    '+50 µs',
    'within the noise',
    '+60 µs',
    '+90 µs',
    '+20 µs',
  ]);
});

test('the slides about cost name the machine, and compute what sampling saves', () => {
  const result = measured(100, 110, 150, 160, 210, 280, 300, 300, 250);
  for (const html of [drawCost(result, 'words'), drawCostTable(result, 'words')]) {
    assert.match(html, /Node 20\.19\.0, 2 cores \(A processor\).* median of 5 × 4 s/);
  }
  assert.match(
    drawCostTable(result, 'words'),
    /Sampling a tenth of the traces saves <strong>25 %<\/strong> of the cost/,
  );
});

test('a flow has columns of boxes, with dashed arrows and boxes where the text says so', () => {
  const plain = (...lines: string[]) => ({ look: 'plain', lines });
  assert.deepEqual(flowOf('you → ops/0.1 | !cli ⇢ ?backend'), [
    { isDashed: false, boxes: [plain('you')] },
    { isDashed: false, boxes: [plain('ops', '0.1'), { look: 'stands out', lines: ['cli'] }] },
    { isDashed: true, boxes: [{ look: 'asks', lines: ['backend'] }] },
  ]);
});
