/** Includes of a slide: images whose URL has one of our schemes, as in `![run.ts](code:03/run.ts#getBand)`. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readBlocks } from '../markdown.ts';
import { UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { startOf, type Step } from '../../workshop/course/list.ts';
import { change, type Choice, excerpt, type Line } from './code/excerpt.ts';
import { drawBugs } from './draw/bugs.ts';
import { drawBroken, drawClosing, drawFix } from './draw/comparison.ts';
import { drawCost, drawCostTable, type OverheadResult } from './draw/cost.ts';
import { drawHop, drawInvalid, drawTraceparent, drawTracestate } from './draw/header.ts';
import { drawFlow, flowOf } from './draw/flow.ts';
import { drawAwait, drawError, drawKnee, drawLinks, drawWrap } from './draw/ideas.ts';
import { drawJourney } from './draw/journey/journey.ts';
import { sceneOf } from './draw/journey/scene.ts';
import { drawSampling } from './draw/sampling.ts';
import { drawSpan } from './draw/span-card.ts';
import { escaped } from './draw/svg.ts';
import { drawTree } from './draw/tree.ts';
import { drawBars, drawWaterfall } from './draw/waterfall.ts';
import { readRecording } from '../traces/recordings.ts';

/** A resolved include: HTML or lines of code. Code that changes also has the lines before the change. */
export type Included =
  { kind: 'html'; html: string } | { kind: 'code'; caption: string; alt: string; before?: Code; after: Code };

/** Lines of a file; `file` is its path from the project folder. */
export interface Code {
  file: string;
  lines: Line[];
}

/** The file with the benchmark result that the slides show. */
const overheadFile = join(projectFolder, 'bench', 'results', 'overhead.json');

const SCHEMES =
  /^(?:code|diff|output|trace|tree|span|header|tracestate|hop|invalid|journey|bars|bugs|broken|fix|closing|error|links|idea|flow|page|cost|sampling):/;

/** Whether the URL of an image is an include. */
export function isInclude(href: string): boolean {
  return SCHEMES.test(href);
}

/**
 * Resolves an include:
 *
 * - `code:STEP/PATH?plain&dense#PART,PART`: parts of a file, as `findRegion` names them; `plain` leaves out comment
 *   lines, `dense` blank lines
 * - `diff:FROM..TO/PATH?plain&context=1#PART`: how the parts changed between two steps; with `start`, from the start of
 *   FROM, which has a folder `start`
 * - `output:STEP?from=TEXT&lines=5#COMMAND`: a command's output in the step's README, from the line with TEXT
 * - `trace:STEP?critical&letters&quiet&plays&gathers&ghost`: the recorded trace of a step as a waterfall, at most `height` px
 *   high
 * - `tree:STEP`, `bars:STEP`: the same trace as a tree next to its bars, or the bars alone as an ornament
 * - `span:STEP/SERVICE`, `hop:STEP/SERVICE`, `header:STEP/SERVICE`, `tracestate:STEP/SERVICE`: a SERVER span of
 *   the recorded trace, the call into its service, and the headers of that call
 * - `journey:STEP?to SERVICE=HEADERS&from SERVICE=HEADERS&SERVICE=MISSING&bare&logs&seconds&stores=NAMES`: the boxes of
 *   a system, what travels between them, and what each records, as `sceneOf` reads it
 * - `invalid:STEP/SERVICE`: the traceparent of that call, broken in several ways
 * - `broken:STEP/SERVICE`: the two traces that the call would leave without its header, next to the recorded one
 * - `fix:FROM..TO`, `closing:FROM..TO`: the recorded traces of two steps at one scale
 * - `bugs:STEP`, `error:STEP/NAME`, `links:STEP/SERVICE?asks#NAME`: the bugs of chapter 1, how an error climbs from a span, and
 *   a span that links to many copies of the trace
 * - `idea:wrap`, `idea:await`, `idea:knee`: how instrumentation, context, and capacity work
 * - `flow:BOX|BOX → BOX`: boxes and arrows, as `flowOf` reads them
 * - `page:trace`: the picture of the trace page in docs/
 * - `cost:parts`, `cost:table`: the stored result of the benchmark
 * - `sampling:head`: which of many requests a sampler keeps
 *
 * @throws UserError with one sentence, if it names something that doesn't exist
 */
export async function include(
  href: string,
  alt: string,
  steps: readonly Step[],
  height: number,
): Promise<Included> {
  const { protocol, pathname, searchParams, hash } = new URL(href);
  const [first = '', ...rest] = pathname.split('/');
  const path = rest.join('/');
  const has = (flag: string) => searchParams.has(flag);
  const part = decodeURIComponent(hash.slice(1));
  const choice: Choice = {
    path,
    regions: part === '' ? [] : part.split(','),
    plain: has('plain'),
    dense: has('dense'),
  };
  const trace = () => readRecording(stepOf(first, steps));

  switch (protocol) {
    case 'code:': {
      const step = stepOf(first, steps);
      return {
        kind: 'code',
        caption: path,
        alt,
        after: { file: fileOf(step, path), lines: await excerpt(step, choice) },
      };
    }
    case 'diff:': {
      const [earlier, to] = first.split('..').map((number) => stepOf(number, steps)) as [Step, Step];
      const from = has('start') ? beginningOf(earlier) : earlier;
      const context = Number(searchParams.get('context') ?? 1);
      const lines = await change(from, to, { ...choice, context });
      const before = { file: fileOf(from, path), lines: lines.before };
      return {
        kind: 'code',
        caption: path,
        alt,
        before,
        after: { file: fileOf(to, path), lines: lines.after },
      };
    }
    case 'output:': {
      const step = stepOf(first, steps);
      const lines = await outputOf(step, part, searchParams);
      return { kind: 'code', caption: '', alt, after: { file: fileOf(step, 'README.md'), lines } };
    }
    case 'trace:':
      return html(
        drawWaterfall(await trace(), alt, {
          criticalPath: has('critical'),
          letters: has('letters'),
          quiet: has('quiet'),
          plays: has('plays'),
          gathers: has('gathers'),
          ghost: has('ghost'),
          height,
        }),
      );
    case 'tree:':
      return html(drawTree(await trace(), alt));
    case 'bars:':
      return html(drawBars(await trace()));
    case 'span:':
      return html(drawSpan(await trace(), path, alt));
    case 'header:':
      return html(drawTraceparent(await trace(), path, alt));
    case 'tracestate:':
      return html(drawTracestate(await trace(), path, alt));
    case 'hop:':
      return html(drawHop(await trace(), path, alt));
    case 'journey:':
      return html(drawJourney(await trace(), alt, sceneOf(searchParams)));
    case 'invalid:':
      return html(drawInvalid(await trace(), path, alt));
    case 'broken:':
      return html(drawBroken(await trace(), path, alt));
    case 'fix:':
    case 'closing:': {
      const [before, after] = await Promise.all(
        first.split('..').map((number) => readRecording(stepOf(number, steps))),
      );
      return html((protocol === 'fix:' ? drawFix : drawClosing)(before!, after!, alt));
    }
    case 'bugs:':
      return html(drawBugs(await trace(), alt));
    case 'error:':
      return html(drawError(await trace(), path, alt));
    case 'links:':
      return html(drawLinks(await trace(), { service: path, name: part }, has('asks'), alt));
    case 'idea:':
      return html(ideas[pathname as keyof typeof ideas](alt));
    case 'flow:':
      return html(drawFlow(flowOf(decodeURIComponent(href.slice(protocol.length))), alt));
    case 'page:':
      return html(await pictureOfPage(pathname, alt));
    case 'cost:':
      return html((pathname === 'table' ? drawCostTable : drawCost)(await readOverhead(), alt));
    default:
      return html(await drawSampling(alt));
  }
}

function html(text: string): Included {
  return { kind: 'html', html: text };
}

const ideas = { wrap: drawWrap, await: drawAwait, knee: drawKnee };

/** A picture of a page in docs/, in the theme of the slides. It is part of the deck, which needs no other files. */
async function pictureOfPage(name: string, alt: string): Promise<string> {
  const images = ['light', 'dark'].map(async (theme) => {
    const file = `docs/${name}-${theme}.png`;
    const bytes = await readFile(join(projectFolder, file)).catch(() => {
      throw new UserError(`There is no ${file}: npm run docs takes this picture.`);
    });
    return `<img class="page-picture only-${theme}" src="data:image/png;base64,${bytes.toString('base64')}" alt="${escaped(alt)}">`;
  });
  return (await Promise.all(images)).join('');
}

function stepOf(number: string, steps: readonly Step[]): Step {
  const step = steps.find((each) => each.number === Number(number));
  if (!step) throw new UserError(`There is no step ${number}.`);
  return step;
}

function beginningOf(step: Step): Step {
  const folder = startOf(step);
  if (!folder) throw new UserError(`Step ${step.number} has no folder start.`);
  return { ...step, folder };
}

function fileOf(step: Step, path: string): string {
  return relative(projectFolder, join(step.folder, path)).replaceAll('\\', '/');
}

async function outputOf(step: Step, command: string, words: URLSearchParams): Promise<Line[]> {
  const readme = await readFile(join(step.folder, 'README.md'), 'utf8');
  const shown = readBlocks(readme)
    .flatMap((block) => (block.kind === 'console' ? block.commands : []))
    .filter((each) => each.command.startsWith(command) && each.output !== '')
    .map(({ output }) => output.split('\n'));
  const from = words.get('from') ?? '';
  const output = shown.find((lines) => lines.some((line) => line.includes(from)));
  if (!output) {
    throw new UserError(
      `The README of step ${step.number} has no output with "${from}" of the command ${command}.`,
    );
  }
  const at = output.findIndex((line) => line.includes(from));
  return output
    .slice(at, at + Number(words.get('lines') ?? output.length))
    .map((text, index): Line => ({ kind: 'same', text, html: printed(text), number: index + 1 }));
}

/** A line of a command's output as HTML: its words don't wrap. */
function printed(line: string): string {
  return escaped(line).replaceAll(/\S+/g, '<span class="word">$&</span>');
}

/** The saved result of npm run bench -- overhead. Throws UserError if there is none. */
export async function readOverhead(): Promise<OverheadResult> {
  try {
    return JSON.parse(await readFile(overheadFile, 'utf8')) as OverheadResult;
  } catch {
    throw new UserError(
      'There is no benchmark result in bench/results/overhead.json. ' +
        'To create it, run npm run bench -- overhead --save bench/results/overhead.json.',
    );
  }
}
