/** npm run services: the services of the working copy, each restarted when its code is saved. */
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { superviseServices } from '../services/supervise.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run services

Starts the services of the working copy and shows what they print, each line with the service's name before it.
Saving a file of a service restarts it. A service that crashes shows why and waits for the next save.
Ctrl-C ends them all.
`;

await main(async () => {
  readCommandLine({ help, options: {} });
  await superviseServices(projectFolder, interruption.signal);
});
