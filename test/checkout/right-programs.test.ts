/** Programs that solve a step in a different way than its folder does: the check must pass. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import type { Observation } from '#workshop/check/observation';
import type { Span } from '#workshop/trace/model';
import { runCall, spansWhere } from '../check/edits.ts';
import { stepNumber } from '../check/support.ts';
import { observed, unobservable } from '../support/observed.ts';

const isServerOfCheckout = ({ service, kind }: Span) => service === 'checkout' && kind === 'server';
const ofKind = (seen: Observation, kind: string) => spansWhere(seen, (span) => span.kind === kind);

/** Puts a span between a span and its parent. */
function insertParent({ spans }: Observation['traces'][number], span: Span): void {
  const between = {
    ...span,
    spanId: 'abababababababab',
    name: 'between',
    kind: 'internal' as const,
    scope: 'own',
  };
  span.parentId = between.spanId;
  spans.push(between);
}

/** What a program shows: for the observation of the step with this number. */
const programs: [step: number, title: string, edit: (seen: Observation) => void][] = [
  [
    11,
    'the response is an attribute of the span',
    (seen) => {
      const [server] = spansWhere(seen, isServerOfCheckout);
      server!.events = [];
      server!.attributes['response.total_amount'] = 1234;
    },
  ],
  [
    11,
    'the response is a line in the log, with the id of the span',
    (seen) => {
      const [server] = spansWhere(seen, isServerOfCheckout);
      server!.events = [];
      const line = { level: 30, span_id: server!.spanId, response: { totalAmount: 1234 }, msg: 'responding' };
      seen.lines.get('checkout')!.push(JSON.stringify(line));
    },
  ],
  [
    11,
    'the gateway has a span of its own around the call, and more headers',
    (seen) => {
      const [client] = ofKind(seen, 'client');
      insertParent(
        seen.traces.find(({ traceId }) => traceId === client!.traceId)!,
        client!,
      );
      (runCall(seen).response!.headers as [string, string][]).push(['server', 'gateway']);
    },
  ],
  [
    11,
    'the gateway calls another program first',
    (seen) => {
      const [client] = ofKind(seen, 'client');
      const { spans } = seen.traces.find(({ traceId }) => traceId === client!.traceId)!;
      spans.unshift({ ...client!, spanId: 'abababababababab', name: 'GET' });
    },
  ],
  [
    12,
    'the attributes have the names that were in force until 2026',
    (seen) => {
      for (const { attributes } of ofKind(seen, 'producer')) rename(attributes);
    },
  ],
  [
    12,
    'a span of the app is between the SERVER span and the PRODUCER span, and there are more headers',
    (seen) => {
      const [producer] = ofKind(seen, 'producer');
      insertParent(
        seen.traces.find(({ traceId }) => traceId === producer!.traceId)!,
        producer!,
      );
      for (const { headers } of seen.messages) headers['x-attempt'] = 1;
    },
  ],
  [
    13,
    'the log has no ids, and another order was rejected too',
    (seen) => {
      seen.lines.set(
        'stock',
        seen.lines.get('stock')!.map((line) => line.replaceAll(/"span_id":"\w+",/g, '')),
      );
      seen.rejected.set('stock', 2);
    },
  ],
  [
    13,
    'the attributes have the names that were in force until 2026, and the span has a link, too',
    (seen) => {
      for (const { attributes, links, traceId, parentId } of ofKind(seen, 'consumer')) {
        rename(attributes);
        links.push({ traceId, spanId: parentId! });
      }
    },
  ],
  [
    14,
    'the CONSUMER span has a link beside its parent',
    (seen) => {
      for (const { links, traceId, parentId } of ofKind(seen, 'consumer'))
        links.push({ traceId, spanId: parentId! });
    },
  ],
  [
    14,
    'the app has a span of another kind around the work, and the attributes have the names until 2026',
    (seen) => {
      const [consumer] = ofKind(seen, 'consumer');
      const { spans } = seen.traces.find(({ traceId }) => traceId === consumer!.traceId)!;
      const work = { kind: 'internal' as const, scope: 'stock', spanId: 'abababababababab' };
      spans.push({ ...consumer!, ...work, parentId: consumer!.spanId });
      for (const { attributes } of [...ofKind(seen, 'producer'), ...ofKind(seen, 'consumer')])
        rename(attributes);
    },
  ],
  [
    15,
    'the write has another name, and links to more orders',
    (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'write stock')) {
        span.name = 'update stock';
        span.links.unshift({ traceId: '1'.repeat(32), spanId: '2'.repeat(16) });
      }
    },
  ],
  [
    15,
    'the write has children',
    (seen) => {
      const [write] = spansWhere(seen, ({ name }) => name === 'write stock');
      const { spans } = seen.traces.find(({ traceId }) => traceId === write!.traceId)!;
      spans.unshift({
        ...write!,
        spanId: 'abababababababab',
        parentId: write!.spanId,
        name: 'write row',
        links: [],
      });
    },
  ],
];

for (const [number, title, edit] of programs) {
  const step = stepNumber(number);
  test(`step ${number}: ${title}`, { skip: await unobservable(step) }, async () => {
    const seen = structuredClone(await observed(step));
    edit(seen);

    const { passed, outcomes } = evaluate(await readLesson(step.folder), seen);

    const failed = outcomes.find(({ status }) => status === 'failed');
    assert.equal(failed?.failure?.found, undefined, failed?.failure?.cause);
    assert.equal(passed, true);
  });
}

function rename(attributes: Span['attributes']): void {
  for (const [now, before] of [
    ['messaging.system.name', 'messaging.system'],
    ['rabbitmq.destination.routing_key', 'messaging.rabbitmq.destination.routing_key'],
  ] as const) {
    attributes[before] = attributes[now]!;
    delete attributes[now];
  }
}
