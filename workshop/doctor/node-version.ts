// Loaded by any Node.js, however old: nothing newer than what Node.js 14 has may be imported or used here.
import { readFileSync } from 'node:fs';

/** What is wrong with the version of Node.js, a sentence with what to do; undefined if it is new enough. */
export function nodeFault(): string | undefined {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const needed: string = JSON.parse(manifest).engines.node.replace('>=', '');
  const [major, minor] = needed.split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor! > major! || (ownMajor === major && ownMinor! >= (minor || 0))) return undefined;
  return `Node.js ${process.version} is too old: install ${needed} or newer from https://nodejs.org.`;
}
