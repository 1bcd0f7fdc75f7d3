import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { interruption } from '../command-line/interruption.ts';
import { messageOf, UserError } from '../errors.ts';
import { portVariables } from '../services/definition.ts';
import { nextKey } from './keys.ts';
import { note } from './show.ts';
import { showingProgress, type Used } from './use-all.ts';

/**
 * Calls again each time someone presses Enter, until they quit. Each time, run.ts is started again, and services are
 * restarted if their files have changed, so that each call uses what is on the disk. The services and the backend stay with
 * this process, and `used` always has the services that are running.
 */
export async function repeatAtEachKey(used: Used): Promise<void> {
  for (;;) {
    note('\nThe URL works while this command is running. Press Enter to call again, q or Ctrl-C to quit.');
    if ((await nextKey()) === 'quit') return;
    try {
      used.services = await showingProgress((options) => used.services.refresh(options));
      await repeat(used);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      note(messageOf(error));
    }
  }
}

async function repeat({ services: { ports, env } }: Used): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...portVariables(ports), ...env, WORKSHOP_REPEATED: '1' },
    stdio: 'inherit',
    signal: interruption.signal,
  });
  await once(child, 'exit');
}
