/** npm run services: the services of the working copy, each restarted when its code is saved, and a place for their traces. */
import { useBackend, whereTracesAre } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { superviseServices } from '../services/supervise.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run services

Starts the services of the working copy and shows what they print, each line with the service's name before it.
Saving a file of a service restarts it. A service that crashes shows why and waits for the next save.
Where no Jaeger answers, the embedded backend is started too, and keeps the traces as long as this runs.
Ctrl-C ends them all.
`;

await main(async () => {
  readCommandLine({ help, options: {} });
  // A backend that comes and goes with each run.ts would leave the services' exporters waiting to reconnect.
  const backend = await useBackend();
  try {
    console.log(`Traces go to ${whereTracesAre(backend)}.`);
    await superviseServices(projectFolder, interruption.signal);
  } finally {
    await backend.close();
  }
});
