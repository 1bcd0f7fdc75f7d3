/** The talk as the rest of this folder reads it: chapters of slides, each with what its speaker should know. */
import type { Token } from 'marked';
import type { Step } from '../steps/list.ts';

/** The two ways to give the talk. The first is what the deck shows if nobody asks for the other. */
export const schedules = {
  ninety: { title: '90 minutes', minutes: 90 },
  'half-day': { title: 'Half a day', minutes: 210 },
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

/** The chapters of a deck, without the pauses. */
export function chaptersOf(deck: Deck): Chapter[] {
  return deck.parts.filter((part): part is Chapter => 'slides' in part);
}
