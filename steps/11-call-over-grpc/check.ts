import type { Lesson } from '#workshop/check/lesson';
import { callsOverGrpc, recordsResponse } from '#workshop/check/judges/messages';
import { printsTraceUrl, responds, respondsWithTraceId } from '#workshop/check/judges/response';
import { hasServerSpan } from '#workshop/check/judges/spans';

export default {
  done: 'one trace goes from HTTP to gRPC, and ends where the message begins',
  calls: {
    'a GET of the checkout': {
      to: 'gateway',
      path: '/api/checkout',
      headers: { traceparent: '00-b7ad6b7169203331aa11c80319c4eb21-00f067aa0ba902b7-01' },
    },
  },
  expectations: [
    {
      expect: 'The response to POST /api/checkout has status 202',
      judge: responds({
        status: 202,
        cause: 'checkout fails, or the route is missing.',
        file: 'gateway/app.ts',
      }),
    },
    {
      expect: 'The response to any other method has status 405',
      judge: responds(
        {
          status: 405,
          cause:
            'The handler for requests without a route does not distinguish a wrong method from a wrong path.',
          file: 'gateway/app.ts',
        },
        'a GET of the checkout',
      ),
    },
    {
      expect: 'The gateway has a span of kind SERVER for the request',
      judge: hasServerSpan('gateway'),
    },
    {
      expect: "Its call to checkout is a CLIENT span, the parent of checkout's SERVER span",
      judge: callsOverGrpc('gateway', 'checkout'),
    },
    {
      expect:
        'checkout records the totalAmount of its response in its SERVER span, or in a log line with the id of that span',
      judge: recordsResponse('checkout', 'totalAmount', 1234),
    },
    {
      expect: "The gateway's response has a trace-id header with the id of the trace",
      judge: respondsWithTraceId('trace-id'),
    },
    {
      expect: 'run.ts reads it there, and prints the URL of the trace',
      judge: printsTraceUrl(),
    },
  ],
} satisfies Lesson;
