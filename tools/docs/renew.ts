import { messageOf, UserError } from '../../workshop/errors.ts';
import { type Block, consoleBlock, generatedBlock, readBlocks } from '../markdown.ts';
import { generatePart, typePart } from './parts.ts';
import { readProjectFile } from '../project-files.ts';
import { observedOutput } from './observed.ts';
import { openObservedTerminal } from './observed-terminal.ts';
import { pairIds, renewOutput } from './shown.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** A document as it is and as it should be: the same text if nothing in it is out of date. */
export interface Renewal {
  before: string;
  after: string;
}

/** Where the output of commands comes from. */
export interface RenewOptions {
  /**
   * `observed` runs no command: output comes from the observations of the steps, and output that they don't contain stays
   * as it is. By default, commands whose output the observations don't contain are run.
   */
  outputs?: 'observed';
}

/**
 * Renews a Markdown file of the project, given as a path from the project's folder: runs the commands that it shows, in
 * that order, in a copy of the project; makes the changes that it shows there; and generates its generated parts. If the
 * output of a command differs, everything runs a second time, because the machine may only have been too busy.
 * @throws UserError naming the document, if a command hangs or a part cannot be generated
 */
export async function renewDocument(path: string, options: RenewOptions = {}): Promise<Renewal> {
  const before = await readProjectFile(path);
  try {
    const after = await renewText(before, options);
    return { before, after: after === before ? after : await renewText(before, options) };
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${path}: ${messageOf(error)}`) : error;
  }
}

/** Follows a document once, as a person with a new copy of the project would, and returns it as it should be. */
export async function renewText(document: string, { outputs }: RenewOptions = {}): Promise<string> {
  let terminal: Terminal | undefined;
  try {
    const blocks = readBlocks(document);
    if (blocks.some(({ kind }) => kind === 'console')) {
      terminal = await (outputs === 'observed' ? openObservedTerminal() : openTerminal());
    }
    const reader = new Reader(terminal);
    let after = '';
    for (const block of blocks) after += await reader.renew(block);
    return after;
  } finally {
    await terminal?.close();
  }
}

/** Follows a document block by block, and keeps track of which of its ids matches which id of this run. */
class Reader {
  readonly #terminal: Terminal | undefined;
  readonly #shownIds = new Map<string, string>();

  constructor(terminal: Terminal | undefined) {
    this.#terminal = terminal;
  }

  /** Returns the updated block as Markdown. */
  async renew(block: Block): Promise<string> {
    if (block.kind === 'text') return block.raw;
    if (block.kind === 'console') return this.#renewConsole(block);

    const body = await generatePart(block);
    if (this.#terminal) await typePart(block, this.#terminal.folder);
    return body === block.body ? block.raw : generatedBlock(block, body);
  }

  async #renewConsole(block: Block & { kind: 'console' }): Promise<string> {
    const commands = [];
    for (const { command, output } of block.commands) {
      const now = replaceAll(command, new Map([...this.#shownIds].map(([ours, shown]) => [shown, ours])));
      if (block.stays) {
        await this.#terminal!.start(now, output);
        commands.push({ command, output });
      } else {
        const printed = (await this.#observed(block, output)) ?? (await this.#terminal!.run(now, output));
        for (const [ours, shown] of pairIds(output, printed)) this.#shownIds.set(ours, shown);
        commands.push({ command, output: renewOutput(output, replaceAll(printed, this.#shownIds)) });
      }
    }
    const changed = commands.some(({ output }, index) => output !== block.commands[index]!.output);
    return changed ? consoleBlock(block, commands) : block.raw;
  }

  /** What the only command of a block prints, if that is known. One of several may depend on what the others did. */
  async #observed({ commands }: Block & { kind: 'console' }, output: string): Promise<string | undefined> {
    if (commands.length > 1) return undefined;
    return observedOutput(commands[0]!.command, output, this.#terminal!.folder);
  }
}

function replaceAll(text: string, replacements: ReadonlyMap<string, string>): string {
  return text.replace(/[0-9a-f-]{16,}/g, (id) => replacements.get(id) ?? id);
}
