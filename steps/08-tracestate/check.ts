import type { Lesson } from '#workshop/check/lesson';
import { propagatesBaggage, putsBaggageOnSpan, sendsBaggage } from '#workshop/check/judges/baggage';
import {
  dropsInvalidEntries,
  isOnEverySpan,
  keepsEntries,
  prependsEntry,
  respectsLimits,
  sendsTracestate,
} from '#workshop/check/judges/tracestate';

const hop = { from: 'bands-api', to: 'reviews-api' };
const path = '/bands/8c7d0f3a-6f0e-4b3c-9d52-1b7f5a1e4c01'; // a band without reviews, for which the call is fastest

/** This many entries of other vendors, each of this length in characters. */
const entries = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `vendor${index + 10}=`.padEnd(length, 'x')).join();

const call = (traceId: string, tracestate: string) => ({
  to: 'bands-api',
  path,
  headers: { traceparent: `00-${traceId}-3f2b8c6d1e0a4957-01`, tracestate },
});

export default {
  done: 'two tracing systems share one trace, and the baggage carries your value',
  calls: {
    '32 entries': call('c1f3b6a29d8e47508b7a6c5d4e3f2a10', entries(32, 10)),
    '511 characters': call('c2f3b6a29d8e47508b7a6c5d4e3f2a10', entries(8, 63)),
    'an invalid tracestate': call('c3f3b6a29d8e47508b7a6c5d4e3f2a10', 'Not Valid, =,===,a b'),
  },
  expectations: [
    {
      expect: 'run.ts sends a tracestate with an entry of another tracing system',
      judge: sendsTracestate(),
    },
    {
      expect: 'bands-api puts its own entry in front',
      judge: prependsEntry(hop),
    },
    {
      expect: "The other system's entry reaches reviews-api unchanged",
      judge: keepsEntries(hop),
    },
    {
      expect: 'Every span of both services has that entry',
      judge: isOnEverySpan(['bands-api', 'reviews-api']),
    },
    {
      expect: 'There are never more than 32 entries: the last ones are removed',
      judge: respectsLimits(hop, '32 entries'),
    },
    {
      expect: 'There are never more than 512 characters: whole entries are left out',
      judge: respectsLimits(hop, '511 characters'),
    },
    {
      expect: 'An invalid tracestate is dropped, and the trace continues',
      judge: dropsInvalidEntries(hop, 'an invalid tracestate'),
    },
    {
      expect: 'run.ts sends baggage: a value for another service',
      judge: sendsBaggage(),
    },
    {
      expect: 'bands-api passes the baggage on to reviews-api',
      judge: propagatesBaggage(hop),
    },
    {
      expect: 'reviews-api puts the value on a span, as an attribute',
      judge: putsBaggageOnSpan('reviews-api'),
    },
  ],
} satisfies Lesson;
