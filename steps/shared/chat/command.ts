import type { OpsClient } from '#shared/ops/client/ops-client.ts';
import type { Options } from '#shared/ops/client/questions.ts';
import type { Report } from '#shared/ops/client/reports.ts';
import { UsageError } from '#workshop/errors';

/** What a command needs to reply to a question. */
export interface Asked {
  /** The words after the name of the command. */
  words: string[];
  /** The id of the user who asks. */
  user: string;
  /** The time zone of the user, such as Europe/Riga. */
  zone: string;
  /** The service that is meant if the question names none. */
  service: string;
  /** The system that the question is about. */
  ops: OpsClient;
}

/** A command of the bot. */
export interface Command {
  /** What it begins with, such as `show trace`. */
  name: string;
  /** What follows the name, such as `ID`. */
  usage: string;
  /** What it does, for the help. */
  does: string;
  /** The options that can follow, for the help. */
  options?: Options;
  /**
   * Replies to a question.
   * @throws UsageError if the words make no sense
   * @throws OpsError if the ops service refuses the question
   */
  run(asked: Asked): Promise<Report & { link?: string }>;
}

/** The only word of a question. Throws a UsageError, which says what is wanted, if there are none or several. */
export function onlyWord([word, ...others]: string[], wanted: string): string {
  if (word !== undefined && others.length === 0) return word;
  throw new UsageError(`I need ${wanted}.`);
}
