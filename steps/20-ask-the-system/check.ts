import type { CheckProgram, Lesson } from '#workshop/check/lesson';
import {
  type AskedTrace,
  listsErrors,
  listsOperations,
  listsTags,
  refusesUnknownTrace,
  showsTrace,
  tellsDuration,
} from '#workshop/check/judges/show-trace';
import { callNamed, traceIdOf } from '#workshop/check/observation';

const ofRun: AskedTrace = { program: 'the trace of run.ts', id: ({ run }) => run.output?.traceId ?? '' };
const failed: AskedTrace = {
  program: 'the trace of a failed call',
  id: (seen) => traceIdOf(callNamed(seen, 'social-api is down')) ?? '',
};
const unknown: AskedTrace = { program: 'an unknown trace', id: () => '4bf92f3577b34da6a3ce929d0e0e4736' };

const asks = ({ program, id }: AskedTrace): Record<string, CheckProgram> => ({
  [program]: { file: 'ops/cli.ts', words: (seen) => ['trace', id(seen), '--json'] },
});

export default {
  done: 'a terminal is all you need to find out what happened in a trace',
  calls: {
    'social-api is down': {
      to: 'followers-api-2',
      path: '/followers/unlucky',
      blocks: { to: 'social-api', mentioning: 'unlucky' },
    },
  },
  programs: { ...asks(ofRun), ...asks(failed), ...asks(unknown) },
  expectations: [
    {
      expect: 'ShowTrace responds with the id of the trace and the URL of its page',
      judge: showsTrace(ofRun),
    },
    {
      expect: 'It lists each operation once, with its service, ordered by when it first started',
      judge: listsOperations(ofRun),
    },
    { expect: 'It lists each span that ended with an error', judge: listsErrors(failed) },
    { expect: 'It lists no errors if there are none', judge: listsErrors(ofRun) },
    { expect: 'It lists each attribute once, as key=value', judge: listsTags(ofRun) },
    { expect: 'The duration is from the first start to the last end, in ns', judge: tellsDuration(ofRun) },
    { expect: 'A trace that does not exist is NOT_FOUND', judge: refusesUnknownTrace(unknown.program) },
  ],
} satisfies Lesson;
