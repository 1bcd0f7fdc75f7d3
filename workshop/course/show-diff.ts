import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { paint } from '../command-line/color.ts';
import type { FileChange } from './changes.ts';

const BAR_WIDTH = 40;

/** The changes as one patch, with colors if stdout should get them. */
export function patchText(changes: FileChange[]): string {
  // Only the last line feed is removed: a hunk may end with a blank line, which consists of a space.
  const lines = changes.flatMap(({ patch }) => patch.replace(/\n$/, '').split('\n'));
  return `${lines.map(coloredLine).join('\n')}\n`;
}

/** One line per file with the number of changed lines, and one line for all files. */
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

/** Shows a text in the user's pager if it doesn't fit on the terminal; prints it otherwise. */
export async function page(text: string): Promise<void> {
  const { stdout } = process;
  const fits = text.split('\n').length < (stdout.rows ?? 0);
  const pager = process.env.PAGER ?? (process.platform === 'win32' ? '' : 'less');
  if (!stdout.isTTY || fits || pager === '' || pager === 'cat' || !(await paged(text, pager)))
    stdout.write(text);
}

const ignore = () => {};

/** Shows a text in a pager. Returns false if the pager could not be started, or failed. */
async function paged(text: string, pager: string): Promise<boolean> {
  // Git's settings for less: keep colors, quit if the text fits on one screen, don't clear the screen
  const env = { LESS: 'FRX', ...process.env };
  const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
  process.on('SIGINT', ignore); // Ctrl-C is for the pager, where it stops a search
  child.stdin.on('error', ignore); // the pager quit before it had read everything
  child.stdin.end(text);
  const [code] = await once(child, 'exit').catch(() => [1]);
  process.off('SIGINT', ignore);
  return code === 0 || code === null;
}

function coloredLine(line: string): string {
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
  const added = sum((change) => change.added);
  const files = changes.length === 1 ? '1 file' : `${changes.length} files`;
  const lines = added === 1 ? '1 line' : `${added} lines`;
  return ` ${files} changed, ${lines} added, ${sum(({ removed }) => removed)} removed`;
}
