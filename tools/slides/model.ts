/** The talk as the rest of this folder reads it: chapters of slides, each with what its speaker should know. */
import type { Token } from 'marked';
import type { Step } from '../../workshop/course/list.ts';

/**
 * The ways to give the talk: chapter 1 in two lengths, and chapter 2, which goes on from it. The first is what the deck
 * shows if nobody asks for another.
 */
export const schedules = {
  ninety: { title: '90 minutes', minutes: 90 },
  'half-day': { title: 'Half a day', minutes: 210 },
  messages: { title: 'Chapter 2', minutes: 60 },
} as const;

export type ScheduleName = keyof typeof schedules;

/** Minutes for each way to give the talk; a slide of 0 minutes is left out of it. */
export type Minutes = Record<ScheduleName, number>;

/** What the speaker should know about a slide. All but the minutes is Markdown of one paragraph. */
export interface Notes {
  minutes: Minutes;
  /** What to say. */
  say: string;
  /** What to show beside the slide, or to point at. */
  show: string;
  /** The question that always comes, with its answer. */
  asked: string;
  /** What goes wrong at this point. */
  wrong: string;
}

/** What a slide is for, which decides how it is laid out. */
export const kinds = ['title', 'statement', 'plain', 'problem', 'change', 'turn', 'see', 'quiz'] as const;

export type Kind = (typeof kinds)[number];

export interface Slide {
  /** Unique in the deck and part of the slide's address. */
  id: string;
  kind: Kind;
  /** The heading, as Markdown. */
  title: string;
  /** What stands below the heading and above the notes. */
  body: Token[];
  notes: Notes;
  /** Where it is written, for people: `slides/why.md, "A slow call"`. */
  place: string;
}

export interface Chapter {
  /** The name of its file without the ending. */
  name: string;
  title: string;
  /** The step that it teaches, if it does. */
  step?: Step;
  slides: Slide[];
}

/** A pause of the half day, in minutes. */
export interface Pause {
  pause: number;
}

export interface Deck {
  title: string;
  /** In the order in which they are shown. */
  parts: (Chapter | Pause)[];
}

/** Whether a chapter teaches the first step of a system: there is nothing to change in it yet. */
export function beginsSystem({ step, slides }: Chapter): boolean {
  return step !== undefined && slides.every(({ kind }) => kind !== 'change');
}

/** The steps that change the same system as a chapter's own, with it and in their order; none if it teaches no step. */
export function stepsBeside({ step }: Chapter, deck: Deck): Step[] {
  const systems: Step[][] = [];
  for (const chapter of chaptersOf(deck).filter((each) => each.step)) {
    if (beginsSystem(chapter) || systems.length === 0) systems.push([]);
    systems.at(-1)!.push(chapter.step!);
  }
  return systems.find((steps) => steps.some(({ number }) => number === step?.number)) ?? [];
}

/** The chapters of a deck, without the pauses. */
export function chaptersOf(deck: Deck): Chapter[] {
  return deck.parts.filter((part): part is Chapter => 'slides' in part);
}
