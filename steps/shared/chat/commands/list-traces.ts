import { readTracesQuestion, tracesOptions } from '#shared/ops/client/questions.ts';
import { tracesReport } from '#shared/ops/client/reports.ts';
import type { Command } from '../command.ts';

export const listTraces: Command = {
  name: 'list traces',
  usage: '[OPTION …]',
  does: 'finds traces, newest first',
  options: tracesOptions,
  async run({ words, zone, service, ops }) {
    const question = readTracesQuestion(words);
    const found = await ops.listTraces({ ...question, service: question.service || service });
    return { ...tracesReport(found, zone), link: found.url };
  },
};
