import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';
import { messageOf, UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { listSteps, type Step } from '../../workshop/course/list.ts';
import { type Chapter, type Deck, type Kind, kinds, type Slide } from './model.ts';
import { readNotes } from './notes.ts';

/** The folder with the source of the talk. */
export const slidesFolder = join(projectFolder, 'slides');

/** The content of slides/deck.json: the names of the chapters' files. */
interface DeckFile {
  title: string;
  repository?: string;
  chapters: string[];
}

/**
 * Reads the talk. A chapter is a Markdown file: its first-level heading is its title, each second-level heading begins
 * a slide, a comment `<!-- slide: KIND -->` sets the kind of the slide, and the list after a line `Note:` is for the
 * speaker. The chapter of a step is called step-NN and has the title of the step's README.
 * @throws UserError naming the file and the slide, if something is missing or invalid
 */
export async function readDeck(): Promise<Deck> {
  const { title, repository, chapters: names } = await readDeckFile();
  const steps = await listSteps();
  const slugger = new GithubSlugger();
  const chapters: Chapter[] = [];
  for (const name of names) chapters.push(await readChapter(name, steps, slugger));
  return { title, ...(repository && { repository }), chapters };
}

async function readDeckFile(): Promise<DeckFile> {
  try {
    return JSON.parse(await readFile(join(slidesFolder, 'deck.json'), 'utf8')) as DeckFile;
  } catch (error) {
    throw new UserError(`Cannot read slides/deck.json: ${messageOf(error)}.`);
  }
}

async function readChapter(name: string, steps: Step[], slugger: GithubSlugger): Promise<Chapter> {
  const file = `slides/${name}.md`;
  const text = await readFile(join(projectFolder, file), 'utf8').catch(() => {
    throw new UserError(`slides/deck.json names "${name}", but there is no ${file}.`);
  });
  const [first, ...rest] = marked.lexer(text).filter(({ type }) => type !== 'space');
  if (!first || !isHeading(first, 1)) throw new UserError(`${file} must begin with its title: # …`);

  const step = stepOf(name, steps, file);
  const title = (first as Tokens.Heading).text;
  const expected = step && `${step.name.slice(0, 2)}. ${step.title}`;
  if (step && title !== expected)
    throw new UserError(`The title of ${file} is "${title}", but that of its step is "${expected}".`);

  const slides = slicesAt(rest, (token) => isHeading(token, 2)).map((tokens) =>
    readSlide(tokens, name, file, slugger),
  );
  if (slides.length === 0) throw new UserError(`${file} has no slides: each slide begins with ## …`);
  return { name, title, ...(step && { step }), slides };
}

function readSlide(
  [heading, ...tokens]: Token[],
  chapter: string,
  file: string,
  slugger: GithubSlugger,
): Slide {
  if (!heading || !isHeading(heading, 2))
    throw new UserError(`${file}: a slide must begin with its heading: ## …`);
  const title = (heading as Tokens.Heading).text;
  const place = `${file}, "${title}"`;

  const noteAt = tokens.findIndex((token) => token.type === 'paragraph' && token.raw.trim() === 'Note:');
  if (noteAt < 0) throw new UserError(`${place} has no notes: add a line "Note:" and a list below it.`);
  const [list, ...rest] = tokens.slice(noteAt + 1);
  if (rest.length > 0) throw new UserError(`${place} has text after its notes, which would not be shown.`);

  const body = tokens.slice(0, noteAt);
  const kind = readKind(body, place);
  return {
    id: slugger.slug(chapter.startsWith('step-') ? `${chapter}-${kind}` : `${chapter}-${title}`),
    kind,
    title,
    body: body.filter((token) => !isKindComment(token)),
    notes: readNotes(list?.type === 'list' ? (list as Tokens.List) : undefined, place),
    place,
  };
}

const KIND = /^<!-- slide: (\S+) -->\s*$/;

function isKindComment(token: Token): boolean {
  return token.type === 'html' && KIND.test(token.raw);
}

function readKind(body: Token[], place: string): Kind {
  const comment = body.find(isKindComment);
  if (!comment) return 'plain';
  const word = KIND.exec(comment.raw)![1]!;
  const kind = kinds.find((known) => known === word);
  if (!kind)
    throw new UserError(`${place}: "${word}" is not a kind of slide: use one of ${kinds.join(', ')}.`);
  return kind;
}

function stepOf(chapter: string, steps: Step[], file: string): Step | undefined {
  const number = /^step-(\d\d)$/.exec(chapter)?.[1];
  if (!number) return undefined;
  const step = steps.find((each) => each.number === Number(number));
  if (!step) throw new UserError(`${file} is about step ${number}, which is not in steps/.`);
  return step;
}

function isHeading(token: Token, depth: number): boolean {
  return token.type === 'heading' && (token as Tokens.Heading).depth === depth;
}

/** Splits a list before each item that begins a slice; the items before the first such item are a slice too. */
function slicesAt<Item>(items: Item[], begins: (item: Item) => boolean): Item[][] {
  const slices: Item[][] = [];
  for (const item of items) {
    if (begins(item) || slices.length === 0) slices.push([item]);
    else slices.at(-1)!.push(item);
  }
  return slices;
}
