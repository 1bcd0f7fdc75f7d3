/** The model of the talk: chapters of slides with notes for the speaker. */
import type { Token } from 'marked';
import type { Step } from '../../workshop/course/list.ts';

/**
 * The schedules of the talk: chapter 1 in two lengths, and the chapters that continue it. The first is the default.
 */
export const schedules = {
  ninety: { title: '90 minutes', minutes: 90 },
  'half-day': { title: 'Half a day', minutes: 240 },
  messages: { title: 'Chapter 2', minutes: 70 },
  monitoring: { title: 'Chapter 3', minutes: 95 },
  operate: { title: 'Chapter 4', minutes: 60 },
  endpoints: { title: 'Chapter 5', minutes: 104 },
} as const;

export type ScheduleName = keyof typeof schedules;

/** Minutes in each schedule; a slide of 0 minutes is left out, except in the lobby. */
export type Minutes = Record<ScheduleName, number>;

/** The speaker's notes for a slide. The texts are one paragraph of Markdown each. */
export interface Notes {
  minutes: Minutes;
  /** Whether people can do without the slide if there is little time left. */
  optional: boolean;
  /** What to say. */
  say: string;
  /** What to show or point at. */
  show: string;
  /** The most common question, with its answer. */
  asked: string;
  /** What commonly goes wrong at this point. */
  wrong: string;
}

/**
 * The purpose of a slide, which determines its layout. A `lobby` is shown before the talk, in every schedule; a `break`
 * is time without slides: a pause, or questions.
 */
export const kinds = [
  'lobby',
  'title',
  'plain',
  'problem',
  'change',
  'how',
  'turn',
  'see',
  'quiz',
  'break',
] as const;

export type Kind = (typeof kinds)[number];

export interface Slide {
  /** Unique in the deck and part of the slide's URL. */
  id: string;
  kind: Kind;
  /** The heading, as Markdown. */
  title: string;
  /** The content between the heading and the notes. */
  body: Token[];
  notes: Notes;
  /** Its place in the source, for messages: `slides/why.md, "A slow call"`. */
  place: string;
}

export interface Chapter {
  /** The name of its file without the extension. */
  name: string;
  title: string;
  /** The step that it teaches, if any. */
  step?: Step;
  slides: Slide[];
}

export interface Deck {
  title: string;
  /** The address of the repository that attendees clone, if the instructor has set it. */
  repository?: string;
  /** In the order of the talk. */
  chapters: Chapter[];
}

/** Whether a chapter teaches the first step of a system, which has no changes yet. */
export function beginsSystem({ step, slides }: Chapter): boolean {
  return step !== undefined && slides.every(({ kind }) => kind !== 'change');
}

/** The steps of the system that a chapter's step belongs to, in order; empty if the chapter teaches no step. */
export function stepsOfSystem({ step }: Chapter, deck: Deck): Step[] {
  const systems: Step[][] = [];
  for (const chapter of deck.chapters.filter((each) => each.step)) {
    if (beginsSystem(chapter) || systems.length === 0) systems.push([]);
    systems.at(-1)!.push(chapter.step!);
  }
  return systems.find((steps) => steps.some(({ number }) => number === step?.number)) ?? [];
}
