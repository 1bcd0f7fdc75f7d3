import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';
import { UserError } from '../workshop/errors.ts';

/**
 * A Markdown document as blocks that can be renewed. The `raw` texts of all blocks together are the document.
 *
 * - `console`: a fenced block ```` ```console ````: commands on lines that begin with `$ `, each followed by its output.
 *   With the word `stays` after `console`, its only command keeps running, and must print the lines below it.
 * - `generated`: the text between `<!-- name words -->`, with a lowercase name, and `<!-- end -->`.
 * - `text`: anything else.
 */
export type Block =
  | { kind: 'text'; raw: string }
  | { kind: 'console'; raw: string; commands: ShownCommand[]; stays: boolean }
  | { kind: 'generated'; raw: string; name: string; words: string[]; body: string };

/** A command as a document shows it: `output` is what is shown below it, without a line feed at the end. */
export interface ShownCommand {
  command: string;
  output: string;
}

const PROMPT = '$ ';
const OPENING = /^<!-- ([a-z]+)((?: [^\s<>]+)*) -->\s*$/;
const CLOSING = /^<!-- end -->\s*$/;

/**
 * Splits a document into its blocks.
 * @throws UserError if a console block has no command, or is part of a list or a quotation, or a generated part has no end
 */
export function readBlocks(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { raw: string; name: string; words: string[]; body: string } | undefined;

  for (const token of marked.lexer(document)) {
    const opening = token.type === 'html' ? OPENING.exec(token.raw) : null;
    if (open) {
      const ends = token.type === 'html' && CLOSING.test(token.raw);
      if (opening && !ends) throw new UserError(`<!-- ${open.name} … --> has no <!-- end -->.`);
      open.raw += token.raw;
      if (!ends) open.body += token.raw;
      else {
        blocks.push({ kind: 'generated', ...open, body: open.body.trim() });
        open = undefined;
      }
    } else if (opening && opening[1] !== 'end') {
      open = { raw: token.raw, name: opening[1]!, words: opening[2]!.split(' ').slice(1), body: '' };
    } else if (isConsole(token)) {
      const stays = token.lang.endsWith(' stays');
      blocks.push({ kind: 'console', raw: token.raw, commands: readCommands(token.text), stays });
    } else {
      refuseInner(token);
      blocks.push({ kind: 'text', raw: token.raw });
    }
  }
  if (open) throw new UserError(`<!-- ${open.name} … --> has no <!-- end -->.`);
  return blocks;
}

/** A console block with new output, as Markdown. */
export function consoleBlock({ raw }: Block, commands: ShownCommand[]): string {
  const lines = commands.flatMap(({ command, output }) => [PROMPT + command, ...(output ? [output] : [])]);
  return [raw.split('\n', 1)[0], ...lines, `\`\`\`${lineFeedsAfter(raw)}`].join('\n');
}

/** A generated part with a new body, as Markdown. */
export function generatedBlock({ raw, name, words }: Block & { kind: 'generated' }, body: string): string {
  const opening = `<!-- ${[name, ...words].join(' ')} -->`;
  return `${opening}\n\n${body}\n\n<!-- end -->${lineFeedsAfter(raw)}`;
}

/** The targets of a document's links and images, including those in HTML tags. */
export function readLinks(document: string): string[] {
  const links: string[] = [];
  marked.walkTokens(marked.lexer(document), (token) => {
    if (token.type === 'link' || token.type === 'image') links.push((token as Tokens.Link).href);
    if (token.type !== 'html') return;
    for (const [, name, value] of token.raw.matchAll(/\s(href|src|srcset)="([^"]*)"/g)) {
      if (name !== 'srcset') links.push(value!);
      else links.push(...value!.split(',').map((candidate) => candidate.trim().split(' ', 1)[0]!));
    }
  });
  return links;
}

/** The anchors of a document's headings, as GitHub generates them. */
export function readAnchors(document: string): Set<string> {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  marked.walkTokens(marked.lexer(document), (token) => {
    if (token.type === 'heading') anchors.add(slugger.slug(plainText(token.tokens ?? [])));
  });
  return anchors;
}

function isConsole(token: Token): token is Tokens.Code & { lang: string } {
  return token.type === 'code' && /^console( stays)?$/.test(token.lang ?? '');
}

function readCommands(text: string): ShownCommand[] {
  const commands: { command: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith(PROMPT)) commands.push({ command: line.slice(PROMPT.length).trim(), lines: [] });
    else if (commands.length > 0) commands.at(-1)!.lines.push(line);
    else
      throw new UserError(
        `A console block begins with "${line}", which is not a command: commands begin with "$ ".`,
      );
  }
  return commands.map(({ command, lines }) => ({ command, output: lines.join('\n').trimEnd() }));
}

function lineFeedsAfter(raw: string): string {
  return /\n*$/.exec(raw)![0];
}

function refuseInner(token: Token): void {
  marked.walkTokens([token], (inner) => {
    if (inner !== token && isConsole(inner)) {
      throw new UserError(`A console block can't be part of a ${token.type}, because it would not be run.`);
    }
  });
}

function plainText(tokens: Token[]): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens ? plainText(token.tokens) : (token as Tokens.Text).text,
    )
    .join('');
}
