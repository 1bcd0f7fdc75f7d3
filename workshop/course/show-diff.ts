import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { paint } from '../command-line/colour.ts';
import type { FileChange } from './changes.ts';

const BAR_WIDTH = 40;

/** The changes as one patch, coloured line by line where stdout wants colour. */
export function patchText(changes: FileChange[]): string {
  // Only the last line feed goes: a hunk may end with a blank line, which is a space and part of it.
  const lines = changes.flatMap(({ patch }) => patch.replace(/\n$/, '').split('\n'));
  return `${lines.map(colouredLine).join('\n')}\n`;
}

/** A line for each file with its count of changed lines, and one for all. */
export function statText(changes: FileChange[]): string {
  const width = Math.max(...changes.map(({ path }) => path.length));
  const most = Math.max(...changes.map(({ added, removed }) => added + removed));
  const scale = Math.min(1, BAR_WIDTH / most);
  const rows = changes.map(({ path, added, removed }) => {
    const signs =
      paint('green', '+'.repeat(Math.ceil(added * scale)), process.stdout) +
      paint('red', '-'.repeat(Math.ceil(removed * scale)), process.stdout);
    return ` ${path.padEnd(width)} | ${String(added + removed).padStart(4)} ${signs}`;
  });
  return `${[...rows, totalText(changes)].join('\n')}\n`;
}

/** Shows a text in the user's pager if stdout is a terminal and the text is longer than it; prints it otherwise. */
export async function page(text: string): Promise<void> {
  const { stdout } = process;
  const fits = text.split('\n').length < (stdout.rows ?? 0);
  const pager = process.env.PAGER ?? (process.platform === 'win32' ? '' : 'less');
  if (!stdout.isTTY || fits || pager === '' || pager === 'cat' || !(await paged(text, pager)))
    stdout.write(text);
}

const ignore = () => {};

/** Gives the text to a pager. Gives false where the pager could not be started, or failed. */
async function paged(text: string, pager: string): Promise<boolean> {
  // git's own settings for less: keep colours, leave at once if one screen is enough, do not clear the screen
  const env = { LESS: 'FRX', ...process.env };
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
  process.on('SIGINT', ignore); // Ctrl-C is the pager's: it stops a search there, and must not end this before it
  child.stdin.on('error', ignore); // left before the end was read
  child.stdin.end(text);
  const [code] = await once(child, 'exit').catch(() => [1]);
  process.off('SIGINT', ignore);
  return code === 0 || code === null;
}

function colouredLine(line: string): string {
  const { stdout } = process;
  if (/^(diff|new file|deleted file|---|\+\+\+)( |$)/.test(line)) return paint('bold', line, stdout);
  if (line.startsWith('@@')) return paint('cyan', line, stdout);
  if (line.startsWith('+')) return paint('green', line, stdout);
  if (line.startsWith('-')) return paint('red', line, stdout);
  return line;
}

function totalText(changes: FileChange[]): string {
  const sum = (count: (change: FileChange) => number) =>
    changes.reduce((total, change) => total + count(change), 0);
  const files = changes.length === 1 ? '1 file' : `${changes.length} files`;
  return ` ${files} changed, ${sum(({ added }) => added)} lines added, ${sum(({ removed }) => removed)} removed`;
}
