/** npm run logs: what the services logged, all of it in order of time, or the lines of one trace. */
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError, UserError } from '../errors.ts';
import { readServices } from '../services/definition.ts';
import { readableLogLine } from '../services/log-line.ts';
import { readLogs } from '../services/logs.ts';
import { prefixes } from '../services/prefix.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run logs [TRACE]

Shows what the services of the working copy printed since they were last started, in order of time, each line with
the service's name before it. With the id of a trace, or its URL: only the lines that name that id.
`;

await main(async () => {
  const { positionals } = readCommandLine({ help, options: {}, positionals: true });
  const [given, ...more] = positionals;
  const traceId = given === undefined ? '' : /(?:^|\/)([0-9a-f]{32})$/i.exec(given)?.[1]?.toLowerCase();
  if (traceId === undefined) {
    throw new UsageError(
      `"${given}" is no trace id: that is 32 hexadecimal digits, the end of a trace's URL.`,
    );
  }
  if (more.length > 0) throw new UsageError(`One trace at a time, not also "${more.join(' ')}".`);

  const services = await readServices(projectFolder);
  const logged = await readLogs(services);
  const lines = logged.filter(({ line }) => line.includes(traceId));
  if (logged.length === 0) {
    throw new UserError(
      `${namesOf(services)} logged nothing yet: npx tsx run.ts or npm run services starts them.`,
    );
  }
  if (lines.length === 0) {
    throw new UserError(
      `None of the ${logged.length} lines that ${namesOf(services)} logged since their start names trace ${traceId}: ` +
        `either the call was made before that, or their log lines carry no trace id.`,
    );
  }

  const prefixed = prefixes(services.map(({ name }) => name));
  for (const { service, line } of lines) console.log(prefixed.get(service)!(readableLogLine(line)));
});

function namesOf(services: { name: string }[]): string {
  return services.map(({ name }) => name).join(' and ');
}
