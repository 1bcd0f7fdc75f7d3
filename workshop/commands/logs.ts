/** npm run logs: shows what the services logged, in chronological order, or only the lines of one trace. */
import { findBackend } from '../backend/connect.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError, UserError } from '../errors.ts';
import { listed } from '../listed.ts';
import { readServices } from '../services/definition.ts';
import { readableLogLine } from '../services/log-line.ts';
import { readLogs, withRecords } from '../services/logs.ts';
import { prefixes } from '../services/prefix.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run logs [TRACE]

Shows what the services of the working copy have printed since they were last started, in chronological order, each
line prefixed with the name of its service. With a trace id, or the URL of a trace, shows only the lines with that id.

The lines of a service that sends them over OTLP come from the trace backend; the others come from its log file.
`;

await main(async () => {
  const { positionals } = readCommandLine({ help, options: {}, positionals: 1 });
  const [given] = positionals;
  const traceId = given === undefined ? '' : /(?:^|\/)([0-9a-f]{32})$/i.exec(given)?.[1]?.toLowerCase();
  if (traceId === undefined) {
    throw new UsageError(
      `"${given}" is not a trace id: use the 32 hexadecimal digits at the end of a trace's URL.`,
    );
  }

  const services = await readServices(projectFolder);
  const backend = await findBackend().catch(() => undefined); // without one, there are still the files
  const logged = withRecords(await readLogs(services), (await backend?.traces.logs(traceId)) ?? []);
  const lines = logged.filter(({ line }) => line.includes(traceId));
  if (logged.length === 0) {
    throw new UserError(
      `${namesOf(services)} have not logged anything yet. To start them, run npx tsx run.ts or npm run services.`,
    );
  }
  if (lines.length === 0) {
    throw new UserError(
      `None of the ${logged.length} lines that ${namesOf(services)} have logged since their last start contains ${traceId}: ` +
        'either the call was made earlier, or the log lines have no trace id.',
    );
  }

  const prefixed = prefixes([
    ...new Set([...services.map(({ name }) => name), ...lines.map(({ service }) => service)]),
  ]);
  for (const { service, line } of lines) console.log(prefixed.get(service)!(readableLogLine(line)));
});

function namesOf(services: { name: string }[]): string {
  return listed(services.map(({ name }) => name));
}
