import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import fc from 'fast-check';
import { messageHeaders } from '#shared/messages/headers.ts';
import { contexts, propagator, said } from './contexts.ts';

/** Whatever AMQP has a form for, and so can stand in a header. */
const fields = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('table'),
  ),
  table: fc.dictionary(fc.string({ maxLength: 20 }), tie('value'), { maxKeys: 4 }),
}));
const names = fc.constantFrom('traceparent', 'tracestate', 'baggage', '__proto__', 'constructor', 'x-death');
const headers = fc
  .tuple(fields.table as fc.Arbitrary<object>, fc.dictionary(names, fields.value, { maxKeys: 4 }))
  .map(([others, ours]) => ({ ...others, ...ours }) as Record<string, unknown>);

test('a context that is injected into headers comes out of them again', () => {
  fc.assert(
    fc.property(contexts, (context) => {
      const carrier = {};
      propagator.inject(context, carrier, messageHeaders);
      assert.deepEqual(said(propagator.extract(ROOT_CONTEXT, carrier, messageHeaders)), said(context));
    }),
  );
});

test('what is set can be got, and all else stays as it was', () => {
  fc.assert(
    fc.property(headers, fc.string(), fc.string(), (carrier, name, value) => {
      fc.pre(name !== '__proto__');
      const before = { ...carrier };
      messageHeaders.set(carrier, name, value);
      assert.equal(messageHeaders.get(carrier, name), value);
      assert.deepEqual(carrier, { ...before, [name]: value });
      assert.deepEqual(messageHeaders.keys(carrier), Object.keys(carrier));
    }),
  );
});

test('headers of any kind never throw, and give a context only where traceparent is a valid text', () => {
  fc.assert(
    fc.property(headers, (carrier) => {
      const context = propagator.extract(ROOT_CONTEXT, carrier, messageHeaders);
      const { traceparent } = carrier;
      const valid = typeof traceparent === 'string' ? parseTraceParent(traceparent) : null;
      assert.equal(trace.getSpanContext(context)?.traceId, valid?.traceId);
      for (const name of Object.keys(carrier)) {
        const value = messageHeaders.get(carrier, name);
        assert.ok(value === undefined || typeof value === 'string');
      }
    }),
  );
});
