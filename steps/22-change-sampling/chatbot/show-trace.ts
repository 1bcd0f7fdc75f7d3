import { type Command, onlyWord } from '#shared/chat/command.ts';
import { traceReport } from '#shared/ops/client/reports.ts';

/** Says what happened in a trace. */
export const showTrace: Command = {
  name: 'show trace',
  usage: 'ID',
  does: 'says what happened in a trace',

  async run({ words, ops }) {
    const id = onlyWord(words, 'one trace id: show trace ID'); // or refuses the question with this sentence
    const trace = await ops.showTrace(id);
    return { ...traceReport(trace), link: trace.url };
  },
};
