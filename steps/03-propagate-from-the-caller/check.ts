import type { Lesson } from '#workshop/check/lesson';
import { printsTraceUrl } from '#workshop/check/judges/response';
import {
  continuesTrace,
  isChildOfCaller,
  leavesNoTrace,
  sendsTraceparent,
} from '#workshop/check/judges/context';

// bands-api rejects an invalid UUID at once, so these calls don't wait for what makes the others slow.
const rejected = { to: 'bands-api', path: '/bands/fugazi' };

export default {
  done: 'the caller chooses the trace id, and bands-api continues the trace',
  calls: {
    'another caller': {
      ...rejected,
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    },
    'a caller that does not want a trace': {
      ...rejected,
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' },
    },
  },
  expectations: [
    {
      expect: 'run.ts sends a valid traceparent: version, trace-id, parent-id, and flags',
      judge: sendsTraceparent(),
    },
    {
      expect: "bands-api continues that trace: its SERVER span has the caller's trace id",
      judge: continuesTrace('bands-api'),
    },
    {
      expect: "The caller's parent-id is the parent of this span",
      judge: isChildOfCaller('bands-api'),
    },
    {
      expect: 'run.ts knows the trace id, and prints the URL of the trace',
      judge: printsTraceUrl(),
    },
    {
      expect: 'bands-api continues the trace of any other caller too',
      judge: continuesTrace('bands-api', 'another caller'),
    },
    {
      expect: 'Flags 00 are respected: no span arrives for a call that is not sampled',
      judge: leavesNoTrace('a caller that does not want a trace'),
    },
  ],
} satisfies Lesson;
