/** npm run services: runs the services of the working copy and a trace backend, and restarts a service when you save its code. */
import { useBackend, whereTracesAre } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';
import { readServices } from '../services/definition.ts';
import { superviseServices } from '../services/supervise.ts';
import { inTurn, sayWaiting } from '../services/turn.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run services [-- --only SERVICE]

Starts the services of the working copy and shows their output, each line prefixed with the name of its service. When
you save a file of a service, the command restarts the service. If a service crashes, the command waits for the next save.
If Jaeger isn't running, this command also starts the embedded backend.
Ctrl-C stops everything.

  --only SERVICE  show the output of this service only, and when the others start, stop, or crash
`;

await main(async () => {
  const { values } = readCommandLine({ help, options: { only: { type: 'string' } } });
  const names = (await readServices(projectFolder)).map(({ title }) => title);
  if (values.only !== undefined && !names.includes(values.only)) {
    throw new UsageError(`--only needs the name of a service: ${[...new Set(names)].join(', ')}.`);
  }
  // If each run.ts started and stopped a backend, the services' exporters would often wait to reconnect.
  const backend = await inTurn(useBackend, { onWaiting: sayWaiting, signal: interruption.signal });
  try {
    console.log(`Traces go to ${whereTracesAre(backend)}.`);
    await superviseServices(projectFolder, interruption.signal, { only: values.only });
  } finally {
    await backend.close();
  }
});
