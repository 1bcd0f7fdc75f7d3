import { alertsOptions, readAlertsQuestion } from '#shared/ops/client/questions.ts';
import { alertsReport } from '#shared/ops/client/reports.ts';
import type { Command } from '../command.ts';

export const alerts: Command = {
  name: 'alerts',
  usage: '[OPTION …]',
  does: 'lists the alerts that are pending or firing',
  options: alertsOptions,
  async run({ words, zone, ops }) {
    const found = await ops.alerts(readAlertsQuestion(words));
    return { ...alertsReport(found, zone), link: found.url };
  },
};
