import type { Lesson } from '#workshop/check/lesson';
import { respondsWithTraceId, printsTraceIdFromHeader } from '#workshop/check/judges/response';

export default {
  done: 'every caller can tell you the id of its trace',
  calls: {
    'a call that is refused': {
      to: 'bands-api',
      path: '/bands/fugazi',
      headers: { traceparent: '00-7a085853722dc6d2f2c1b3a4958677e0-d75597dee50b0cac-01' },
    },
  },
  traceIdHeader: 'trace-id',
  expectations: [
    {
      expect: 'bands-api answers with a header trace-id, which is the id of the trace',
      judge: respondsWithTraceId('trace-id'),
    },
    {
      expect: 'So does an answer that is an error',
      judge: respondsWithTraceId('trace-id', 'a call that is refused'),
    },
    {
      expect: 'run.ts learns the trace id, and so prints the URL of the trace',
      judge: printsTraceIdFromHeader(),
    },
  ],
} satisfies Lesson;
