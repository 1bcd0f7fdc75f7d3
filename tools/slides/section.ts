/** A slide as HTML. */
import { Marked, type Token, type Tokens } from 'marked';
import { UserError } from '../../workshop/errors.ts';
import type { Step } from '../../workshop/course/list.ts';
import { codeBlock, codeSize, MAX_LINES } from './code/block.ts';
import { walkOf } from './code/walk.ts';
import { drawQrCode } from './draw/qr-code.ts';
import { escaped } from './draw/svg.ts';
import { include, type Included, isInclude } from './includes.ts';
import { type Chapter, type Notes, schedules, type ScheduleName, type Slide } from './model.ts';

/** The line above the heading of a step's slides. */
const kickers: Partial<Record<Slide['kind'], string>> = {
  change: 'the change',
  how: 'how it works',
  turn: 'your turn',
  see: 'what you should see',
};

/** The height between a one-line heading and the footer of a slide, */
const BODY_PX = 740;
/** and the heights of a line of text and of the line above the heading. */
const TEXT_BLOCK_PX = 96;
const KICKER_PX = 50;

/**
 * The context of a slide: its chapter, all steps, the steps that change the same system as its chapter's, and the
 * address of the repository, if it's known.
 */
export interface SlideContext {
  chapter: Chapter;
  steps: readonly Step[];
  systemSteps: readonly Step[];
  repository?: string | undefined;
}

/**
 * A slide as one section, or as two if it shows how code changes: reveal.js animates from the code before to the code
 * after.
 * @throws UserError if an include fails, or there is more code than an audience can read
 */
export async function sectionsOf(slide: Slide, context: SlideContext): Promise<string[]> {
  const { chapter, steps, systemSteps } = context;
  const texts = slide.body.filter(
    (token) => token.type === 'list' || (token.type === 'paragraph' && !isImage(token)),
  );
  const otherPx = texts.length * TEXT_BLOCK_PX + (chapter.step ? KICKER_PX : 0);
  const included = await includeAll(slide, steps, BODY_PX - otherPx);
  const blocks = [...included.values()].filter((each) => each.kind === 'code');
  const states = [blocks.map(({ before, after }) => before ?? after), blocks.map(({ after }) => after)];
  const shown = states.map((codes) => codes.map(({ lines }) => lines));
  const count = Math.max(...shown.map((codes) => codes.flat().length));
  if (count > MAX_LINES) {
    throw new UserError(`${slide.place} shows ${count} lines of code; at most ${MAX_LINES} are readable.`);
  }
  // The same size before and after, so that lines only move.
  const size = Math.min(...shown.map((codes) => codeSize(codes, BODY_PX - otherPx)));
  const style = blocks.length > 0 ? ` style="--code-size: ${size}px"` : '';

  const changes = blocks.some(({ before }) => before && before.lines.length > 0);
  if (changes && blocks.some(({ before }) => before?.lines.length === 0))
    throw new UserError(
      `${slide.place} shows a file that is empty before the change: give it a slide of its own.`,
    );
  const walks = walksOf(slide, included);
  const section = (state: 'before' | 'after') => {
    const attributes = [
      `id="${slide.id}${state === 'before' ? '-before' : ''}"`,
      `class="${classesOf(slide, included, state)}"`,
      ...timings(state === 'before' ? undefined : slide.notes),
      ...(slide.notes.optional ? ['data-optional'] : []),
      ...(changes ? ['data-auto-animate', `data-auto-animate-id="${slide.id}"`] : []),
    ];
    return [
      `<section ${attributes.join(' ')}${style}>`,
      '<div class="frame">',
      headerOf(slide, chapter),
      `<div class="body">${bodyOf(slide, included, state, walks, context)}</div>`,
      footerOf(chapter, systemSteps),
      ...(state === 'after' ? stopsOf(walks) : []),
      '</div>',
      notesOf(slide.notes),
      '</section>',
    ].join('\n');
  };
  return changes ? [section('before'), section('after')] : [section('after')];
}

/** Slides that contain nothing but text show it larger. */
function classesOf(
  { kind, body }: Slide,
  included: ReadonlyMap<Token, Included>,
  state: 'before' | 'after',
): string {
  const isWords =
    included.size === 0 &&
    body.every(({ type }) => type !== 'table') &&
    (kind === 'plain' || kind === 'problem' || kind === 'see');
  return ['slide', kind, ...(isWords ? ['words'] : []), ...(state === 'before' ? ['before'] : [])].join(' ');
}

/** All includes of a slide, by their token. */
async function includeAll(
  { body, place }: Slide,
  steps: readonly Step[],
  height: number,
): Promise<Map<Token, Included>> {
  const images: Tokens.Image[] = [];
  new Marked().walkTokens(body, (token) => {
    if (token.type === 'image') images.push(token as Tokens.Image);
    // An image with an invalid URL would be shown as plain text: a URL with spaces needs < and >.
    else if (token.type === 'text' && /!\[[^]*\]\(/.test(token.raw) && !('tokens' in token && token.tokens)) {
      throw new UserError(
        `${place}: "${token.raw}" is not a valid image: put a URL with spaces between < and >.`,
      );
    }
  });
  const included = new Map<Token, Included>();
  for (const image of images) {
    if (!isInclude(image.href)) throw new UserError(`${place}: cannot include ${image.href}.`);
    try {
      included.set(image, await include(image.href, image.text, steps, height));
    } catch (error) {
      throw error instanceof UserError ? new UserError(`${place}: ${error.message}`) : error;
    }
  }
  return included;
}

function bodyOf(
  slide: Slide,
  included: ReadonlyMap<Token, Included>,
  state: 'before' | 'after',
  walks: Walks,
  { chapter: { step }, repository }: SlideContext,
): string {
  const marked = new Marked({
    renderer: {
      image(token) {
        const what = included.get(token)!;
        if (what.kind === 'html') return what.html;
        const { file, lines } = (state === 'before' ? what.before : undefined) ?? what.after;
        // The file doesn't exist yet.
        if (lines.length === 0) return '';
        const parts = state === 'after' ? (walks.get(what) ?? []) : [];
        return codeBlock(lines, { file, caption: what.caption, alt: what.alt, parts });
      },
      paragraph(token) {
        const html = this.parser.parseInline(token.tokens);
        return isImage(token) ? `${html}\n` : `<p>${html}</p>\n`;
      },
      code: ({ text }) => commandsOf(text),
    },
  });
  const html = (tokens: Token[]) => marked.parser(tokens).replaceAll('<table>', '<table class="table">');
  if (!['lobby', 'turn', 'break'].includes(slide.kind)) return html(slide.body);

  const commands = slide.body.filter(({ type }) => type === 'code');
  const rest = slide.body.filter(({ type }) => type !== 'code');
  const readme = step
    ? `<p class="text-to-type">The text: <code>steps/${step.name}/README.md</code></p>`
    : '';
  const code =
    slide.kind === 'lobby' && repository
      ? drawQrCode(repository, `The address of the repository: ${repository}`)
      : '';
  const typed = html(commands).replace('REPOSITORY_URL', escaped(repository ?? 'REPOSITORY_URL'));
  return `<div class="to-do">${html(rest)}${readme}${code}</div><div class="hands">${timer}${typed}</div>`;
}

/** For each block of code, the part of each of its lines. */
type Walks = ReadonlyMap<Included, readonly (number | undefined)[]>;

/** A change of fewer parts is explained as a whole. */
const FEWEST_PARTS = 3;

/** The parts of a change in the order in which the speaker explains them, through all blocks of a slide. */
function walksOf({ kind }: Slide, included: ReadonlyMap<Token, Included>): Walks {
  const walks = new Map<Included, (number | undefined)[]>();
  let count = 0;
  for (const block of kind === 'change' ? included.values() : []) {
    if (block.kind !== 'code') continue;
    const parts = walkOf(block.after.lines).map((part) => (part === undefined ? part : part + count));
    count = Math.max(count, ...parts.map((part) => (part ?? -1) + 1));
    walks.set(block, parts);
  }
  return count < FEWEST_PARTS ? new Map() : walks;
}

/** A stop per part for reveal.js: while it is the current one, the other lines are dimmed. */
function stopsOf(walks: Walks): string[] {
  const parts = new Set([...walks.values()].flat().filter((part) => part !== undefined));
  return [...parts].map(
    (part) => `<i class="fragment stop stop-${part}" data-fragment-index="${part}" aria-hidden="true"></i>`,
  );
}

function isImage(token: Token): boolean {
  return 'tokens' in token && token.tokens!.some(({ type }) => type === 'image');
}

/** Commands to type, each with an optional explanation after two spaces and a #. */
function commandsOf(text: string): string {
  const lines = text.split('\n').map((line) => {
    const [command = '', says] = line.split(/ {2,}# /);
    return `<div><code>${escaped(command)}</code>${says ? `<span>${escaped(says)}</span>` : ''}</div>`;
  });
  return `<div class="commands">${lines.join('')}</div>`;
}

const timer =
  '<div class="timer"><div class="time" role="timer" aria-label="time left"></div>' +
  '<button type="button" aria-keyshortcuts="t">start</button><div class="left"><div></div></div></div>';

function headerOf({ kind, title }: Slide, { step }: Chapter): string {
  const level = kind === 'title' ? 'h1' : 'h2';
  const kicker = kickers[kind];
  const above = [step && `Step ${step.number}`, kicker].filter((words) => words !== undefined).join(' · ');
  return (
    `<header>${above ? `<p class="kicker">${above}</p>` : ''}` +
    `<${level}>${new Marked().parseInline(title) as string}</${level}></header>`
  );
}

/** The chapter and, for a step, its position among the steps. */
function footerOf({ title, step, name }: Chapter, systemSteps: readonly Step[]): string {
  const dots = systemSteps.map(
    ({ number }) =>
      `<i${number === step!.number ? ' class="here"' : number < step!.number ? ' class="done"' : ''}></i>`,
  );
  return (
    `<footer><span class="where" data-chapter="${name}">${escaped(title)}</span>` +
    `<span class="dots" aria-hidden="true">${dots.join('')}</span><span class="number"></span></footer>`
  );
}

function timings(notes: Notes | undefined): string[] {
  const names = Object.keys(schedules) as ScheduleName[];
  return names.map((name) => `data-${name}="${notes ? notes.minutes[name] : 'same'}"`);
}

/** The speaker's notes; the page's script fills in the minutes, which depend on the schedule. */
function notesOf(notes: Notes): string {
  const said: [string, string][] = [
    ['Say', notes.say],
    ['Show', notes.show],
    ['Common question', notes.asked],
    ['Common problem', notes.wrong],
  ];
  const paragraphs = said.map(
    ([name, text]) => `<p><strong>${name}.</strong> ${new Marked().parseInline(text) as string}</p>`,
  );
  return `<aside class="notes"><p class="minutes"></p>${paragraphs.join('')}</aside>`;
}
