import type { Lesson } from '#workshop/check/lesson';
import { responds, respondsWithTraceId, printsTraceUrl } from '#workshop/check/judges/response';
import { callsOverGrpc, hasEvent } from '#workshop/check/judges/messages';
import { hasServerSpan } from '#workshop/check/judges/spans';

export default {
  done: 'one trace leads from HTTP over gRPC, and ends where the message begins',
  calls: {
    'a GET of the checkout': {
      to: 'gateway',
      path: '/api/checkout',
      headers: { traceparent: '00-b7ad6b7169203331aa11c80319c4eb21-00f067aa0ba902b7-01' },
    },
  },
  expectations: [
    {
      expect: 'POST /api/checkout is answered with status 202',
      judge: responds({
        status: 202,
        cause: 'checkout fails, or the route is gone.',
        file: 'gateway/app.ts',
      }),
    },
    {
      expect: 'Any other method is answered with status 405',
      judge: responds(
        {
          status: 405,
          cause: 'The handler of what has no route does not tell them apart.',
          file: 'gateway/app.ts',
        },
        'a GET of the checkout',
      ),
    },
    {
      expect: 'The gateway makes a span of kind SERVER for the call',
      judge: hasServerSpan('gateway'),
    },
    {
      expect: "Its call of checkout is a CLIENT span, above checkout's SERVER span",
      judge: callsOverGrpc('gateway', 'checkout'),
    },
    {
      expect: 'The SERVER span of checkout has an event with the totalAmount of the response',
      judge: hasEvent('checkout', 'totalAmount', 1234),
    },
    {
      expect: 'The gateway answers with a header trace-id: the id of the trace',
      judge: respondsWithTraceId('trace-id'),
    },
    {
      expect: 'run.ts knows it from there, and prints the URL of the trace',
      judge: printsTraceUrl(),
    },
  ],
} satisfies Lesson;
