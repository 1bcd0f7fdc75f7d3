import { logsReport } from '#shared/ops/client/reports.ts';
import { type Command, onlyWord } from '../command.ts';

export const showLogs: Command = {
  name: 'show logs',
  usage: 'ID',
  does: 'shows the log lines and events of a trace',
  async run({ words, zone, ops }) {
    const id = onlyWord(words, 'one trace id: show logs ID');
    const [logs, { url }] = await Promise.all([ops.showLogs(id), ops.showTrace(id)]);
    return { ...logsReport(logs, zone), link: url };
  },
};
