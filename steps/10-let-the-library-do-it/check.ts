import type { Lesson } from '#workshop/check/lesson';
import { sendsBaggage } from '#workshop/check/judges/baggage';
import { sendsLogRecords } from '#workshop/check/judges/logs';
import { startsAtCaller, hasClientSpan } from '#workshop/check/judges/spans';
import { sendsTracestate } from '#workshop/check/judges/tracestate';

export default {
  done: 'the trace starts where the call does, and libraries write its headers and send its log lines',
  replaces: [3, 4, 5, 6, 7, 8], // all of them need the headers, which were written by hand until now
  expectations: [
    {
      expect: 'The trace starts with a CLIENT span of the caller, which has its own service name',
      judge: startsAtCaller('bands-api'),
    },
    {
      expect: "bands-api's request has a CLIENT span too, the parent of reviews-api's SERVER span",
      judge: hasClientSpan('bands-api', 'reviews-api'),
    },
    { expect: 'run.ts still sends the entry of another tracing system', judge: sendsTracestate() },
    { expect: 'run.ts still sends baggage', judge: sendsBaggage() },
    {
      expect:
        'Each line that bands-api logs for the call arrives as a log record, in a span that was running at the time',
      judge: sendsLogRecords('bands-api'),
    },
    {
      expect: 'Each line of reviews-api arrives as a log record, too',
      judge: sendsLogRecords('reviews-api'),
    },
  ],
} satisfies Lesson;
