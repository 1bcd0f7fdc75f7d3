import { readSampling } from '#shared/ops/client/questions.ts';
import { samplingReport } from '#shared/ops/client/reports.ts';
import { UsageError } from '#workshop/errors';
import type { Command } from '../command.ts';

/** The command `change sampling`, for these users only. */
export function changeSampling(allowedUsers: ReadonlySet<string>): Command {
  return {
    name: 'change sampling',
    usage: '[SERVICE] never|always|float RATIO',
    does: 'changes what share of its traces a service samples',
    async run({ words, user, service: usual, ops }) {
      if (!allowedUsers.has(user))
        throw new UsageError(`You (${user}) may not change the sampling: SAMPLING_USERS lists who may.`);
      const namesService = words.length > 1 && !/^(?:never|always|float)$/.test(words[0]!);
      const [service, ...amount] = namesService ? words : [usual, ...words];
      const sampling = readSampling(amount);
      const response = await ops.changeSampling({ service: service!, ...sampling, requested_by: user });
      return samplingReport(service!, response);
    },
  };
}
