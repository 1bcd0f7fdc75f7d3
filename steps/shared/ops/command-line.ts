import { main, readCommandLine } from '#workshop/command-line/main';
import { UsageError } from '#workshop/errors';
import { OpsClient, OpsError } from './client/ops-client.ts';
import {
  alertsOptions,
  type Options,
  readAlertsQuestion,
  readSampling,
  readTracesQuestion,
  tracesOptions,
} from './client/questions.ts';
import { reportText } from './client/report-text.ts';
import {
  alertsReport,
  logsReport,
  type Report,
  samplingReport,
  traceReport,
  tracesReport,
  versionReport,
} from './client/reports.ts';
import { userName } from './client/user-name.ts';

/** A question to ops: the response for machines, and the report for people. */
type Ask = (client: OpsClient, words: string[]) => Promise<[response: object, report: Report]>;

/** What can be asked, by the first word of the command line. `words` are those that must follow it. */
const commands: Record<string, { words: string[]; options?: Options; help: string; ask: Ask }> = {
  traces: {
    words: [],
    options: tracesOptions,
    help: 'list traces, newest first:',
    async ask(client, words) {
      const response = await client.listTraces(readTracesQuestion(words));
      return [response, tracesReport(response)];
    },
  },
  trace: {
    words: ['ID'],
    help: 'show what happened in a trace',
    async ask(client, [id]) {
      const response = await client.showTrace(id!);
      return [response, traceReport(response)];
    },
  },
  logs: {
    words: ['ID'],
    help: 'show the log lines and the events of a trace',
    async ask(client, [id]) {
      const response = await client.showLogs(id!);
      return [response, logsReport(response)];
    },
  },
  sampling: {
    words: ['SERVICE', 'never|always|RATIO'],
    help: 'change what share of its traces a service samples',
    async ask(client, [service, share]) {
      const how = readSampling([share!]);
      const response = await client.changeSampling({
        service: service!,
        ...how,
        requested_by: userName(),
      });
      return [response, samplingReport(service!, response)];
    },
  },
  version: {
    words: ['SERVICE'],
    help: 'show which version each instance of a service runs',
    async ask(client, [service]) {
      const response = await client.deployedVersion(service!);
      return [response, versionReport(service!, response)];
    },
  },
  alerts: {
    words: [],
    options: alertsOptions,
    help: 'list the alerts that are pending or firing:',
    async ask(client, words) {
      const response = await client.alerts(readAlertsQuestion(words));
      return [response, alertsReport(response)];
    },
  },
};

const program = 'npx tsx ops/cli.ts';

/**
 * Asks ops what the command line says, and prints the response: a table, or the JSON of the response with --json. Sets the
 * exit code: 0; 1 if ops refuses the question or doesn't respond; 2 for an invalid command line.
 */
export function runCommandLine(): Promise<void> {
  return main(async () => {
    const { values, positionals } = readCommandLine({
      help: helpText(),
      options: { json: { type: 'boolean' } },
      positionals: Infinity,
    });
    const ask = readCommand(positionals);
    const client = new OpsClient();
    try {
      const [response, report] = await ask(client);
      console.log(values.json ? JSON.stringify(response) : reportText(report));
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      if (values.json) console.log(JSON.stringify({ status: error.status, message: error.message }));
      throw error.status === 'INVALID_ARGUMENT' ? new UsageError(error.message, { cause: error }) : error;
    } finally {
      client.close();
    }
  });
}

/** Finds the command, and checks that it has as many words as it needs. */
function readCommand([name = '', ...words]: string[]): (client: OpsClient) => ReturnType<Ask> {
  const command = Object.hasOwn(commands, name) ? commands[name]! : undefined;
  if (!command) {
    const known = Object.keys(commands).join(', ');
    const found = name === '' ? 'The command is missing' : `"${name}" is not a command`;
    throw new UsageError(`${found}: use one of ${known}; --help says what each does.`);
  }
  if (!command.options && words.length !== command.words.length)
    throw new UsageError(`Write this command as ${program} ${[name, ...command.words].join(' ')}.`);
  return (client) => command.ask(client, words);
}

function helpText(): string {
  const rows = Object.entries(commands).flatMap(([name, { words, options = {}, help }]) => [
    [`  ${[name, ...words].join(' ')}`, help],
    ...Object.values(options).map((option) => [`    ${option.example}`, option.help]),
  ]);
  const width = Math.max(...rows.map(([usage]) => usage!.length));
  const lines = rows.map(([usage, help]) => `${usage!.padEnd(width)}  ${help}`);
  return `
${program} COMMAND [--json]

Asks the ops service about the system. If the service isn't running, start it with npm run services.

${lines.join('\n')}

  --json  print the response as one JSON object
  --help  this text
`;
}
