// Any version of Node.js must be able to load this file: it uses and imports only what Node.js 14 has.
import { readFileSync } from 'node:fs';

/** Says that Node.js is too old, and what to do; undefined if it is new enough. */
export function nodeFault(): string | undefined {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const needed: string = JSON.parse(manifest).engines.node.replace('>=', '');
  const [major, minor] = needed.split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor! > major! || (ownMajor === major && ownMinor! >= (minor || 0))) return undefined;
  return `Node.js ${process.version} is too old: install ${needed} or newer from https://nodejs.org.`;
}
