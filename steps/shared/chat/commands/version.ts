import { versionReport } from '#shared/ops/client/reports.ts';
import { type Command, onlyWord } from '../command.ts';

export const version: Command = {
  name: 'version',
  usage: '[SERVICE]',
  does: 'says which version each instance of a service runs',
  async run({ words, service: usual, ops }) {
    const service = words.length === 0 ? usual : onlyWord(words, 'a single service: version SERVICE');
    const found = await ops.deployedVersion(service);
    return { ...versionReport(service, found), link: found.url };
  },
};
