import type { Lesson } from '#workshop/check/lesson';
import { printsTraceUrl } from '#workshop/check/judges/response';
import {
  continuesTrace,
  isChildOfCaller,
  leavesNoTrace,
  sendsTraceparent,
} from '#workshop/check/judges/context';

// An id that is no UUID is refused at once, so these calls need not wait for what makes the others slow.
const refused = { to: 'bands-api', path: '/bands/fugazi' };

export default {
  done: 'the caller gives the trace its id, and bands-api goes on with it',
  calls: {
    'another caller': {
      ...refused,
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    },
    'a caller that wants no trace': {
      ...refused,
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' },
    },
  },
  expectations: [
    {
      expect: 'run.ts sends a valid traceparent: version, trace-id, parent-id and flags',
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
      expect: 'run.ts knows the trace id, and so prints the URL of the trace',
      judge: printsTraceUrl(),
    },
    {
      expect: 'bands-api continues the trace of any other caller too',
      judge: continuesTrace('bands-api', 'another caller'),
    },
    {
      expect: 'Flags 00 are respected: a trace that its caller does not want leaves no span',
      judge: leavesNoTrace('a caller that wants no trace'),
    },
  ],
} satisfies Lesson;
