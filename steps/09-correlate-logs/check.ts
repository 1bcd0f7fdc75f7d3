import type { Lesson } from '#workshop/check/lesson';
import { logsTraceIdOf, logsTraceIds } from '#workshop/check/judges/logs';

export default {
  done: 'you can search the logs of all services by trace',
  calls: {
    'a call in another trace': {
      to: 'bands-api',
      path: '/bands/fugazi',
      headers: { traceparent: '00-9e107d9d372bb6826bd81d3542a419d6-2c624232cdd22177-01' },
    },
  },
  expectations: [
    {
      expect: 'Every line that bands-api logs for the call has a trace_id, and a span_id of that trace',
      judge: logsTraceIds('bands-api'),
    },
    {
      expect: 'Every line of reviews-api has these ids, too',
      judge: logsTraceIds('reviews-api'),
    },
    {
      expect: 'The lines of another call have the id of its trace',
      judge: logsTraceIdOf('bands-api', 'a call in another trace'),
    },
  ],
} satisfies Lesson;
