import type { Lesson } from '#workshop/check/lesson';
import { helpLists, type LearnersCommand, repliesWithTrace, saysHowToAsk } from '#workshop/check/judges/chat';

const showTrace: LearnersCommand = { name: 'show trace', file: 'chatbot/show-trace.ts' };

export default {
  done: 'a chat is one more place to ask, because it shares its client with the command line',
  programs: {
    chatbot: {
      file: 'chatbot/main.ts',
      words: () => ['--user', 'ada'],
      input: ({ run }) => ['help', showTrace.name, `${showTrace.name} ${run.output?.traceId}`],
    },
  },
  expectations: [
    { expect: 'The help of the bot lists show trace', judge: helpLists(showTrace) },
    {
      expect: 'show trace with an id says what happened in the trace, and where its page is',
      judge: repliesWithTrace(showTrace),
    },
    { expect: 'show trace without an id says how to ask', judge: saysHowToAsk(showTrace) },
  ],
} satisfies Lesson;
