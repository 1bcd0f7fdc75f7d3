/** What travels between an attendee and the board: JSON over HTTP. The board rejects any other field. */

/** Characters that a code consists of: no vowels, so that it isn't a word, and none that look like another. */
export const codeCharacters = 'BCDFGHJKLMNPQRSTVWXZ2345679';
export const CODE_LENGTH = 6;

/**
 * POST /join; the token of an earlier membership may be in the header Authorization. The response has a token, which the
 * attendee sends with each further request.
 */
export interface JoinRequest {
  /** From the URL that the board shows. */
  code: string;
  nickname?: string;
}

/** POST /report, with the token: the result of a check. */
export interface Report {
  /** The number of the step. */
  step: number;
  /**
   * The number of the first expectation of its lesson that isn't met, from 1; 0 if the services or run.ts failed before
   * there was anything to judge; null if all are met.
   */
  unmet: number | null;
}

/** POST /leave, with the token and without a body. */

/** No control characters, and something to see. */
const visibleText = '^(?!\\p{Z}*$)[^\\p{C}\\p{Zl}\\p{Zp}]+$';
const LONGEST_NICKNAME = 24; // characters

/** JSON Schema (draft-07), as Fastify uses it. */
export const joinSchema = {
  type: 'object',
  required: ['code'],
  properties: {
    code: { type: 'string', maxLength: 32 },
    nickname: { type: 'string', maxLength: LONGEST_NICKNAME, pattern: visibleText },
  },
  additionalProperties: false,
} as const;

export const reportSchema = {
  type: 'object',
  required: ['step', 'unmet'],
  properties: {
    step: { type: 'integer', minimum: 1 },
    unmet: { type: ['integer', 'null'], minimum: 0 },
  },
  additionalProperties: false,
} as const;

/** Whether the board accepts a nickname. */
export function isNickname(text: string): boolean {
  return [...text].length <= LONGEST_NICKNAME && new RegExp(visibleText, 'u').test(text);
}

/** Says what is sent, for people who are about to join. */
export const whatTravels = [
  'When you join, the board gets your nickname, or no name if you choose none. From then on, each npm run check sends it two numbers: that of the step, and that of the first expectation that is not met. The board adds the time.',
  'Your code, your traces, the output of your programs, and the name of your machine are not sent, and the board does not store the address of your machine. The connection is not encrypted.',
  'To leave, run npm run join -- --leave. The board then deletes what it knows about you.',
];
