import { spawn } from 'node:child_process';
import { once } from 'node:events';

const USUAL_MS = 150; // on a laptop that is a few years old and has nothing else to do

/** From this slowness on, a timeout says nothing about the attendee's code. */
export const BUSY = 5;

/** How many times longer than usual a known piece of work takes now, which is to start a Node.js process: at least 1. */
export async function measureSlowness(): Promise<number> {
  const since = performance.now();
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit');
  return Math.max(1, (performance.now() - since) / USUAL_MS);
}
