import type { Lesson } from '#workshop/check/lesson';
import { respondsWithTraceId, printsTraceIdFromHeader } from '#workshop/check/judges/response';

export default {
  done: 'every caller can report the id of its trace',
  calls: {
    'a call that is rejected': {
      to: 'bands-api',
      path: '/bands/fugazi',
      headers: { traceparent: '00-7a085853722dc6d2f2c1b3a4958677e0-d75597dee50b0cac-01' },
    },
  },
  traceIdHeader: 'trace-id',
  replaces: [3], // run.ts chose the trace id that it returned
  expectations: [
    {
      expect: 'bands-api responds with a trace-id header, which contains the id of the trace',
      judge: respondsWithTraceId('trace-id'),
    },
    {
      expect: 'The response to a call that fails has this header too',
      judge: respondsWithTraceId('trace-id', 'a call that is rejected'),
    },
    {
      expect: 'run.ts reads the trace id from the header, and prints the URL of the trace',
      judge: printsTraceIdFromHeader(),
    },
  ],
} satisfies Lesson;
