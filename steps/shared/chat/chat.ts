/** What a chat system and the bot exchange: all that another chat system needs to know. */

/** What a user asks the bot. */
export interface Question {
  /** As the user typed it, without the mention of the bot. */
  text: string;
  /** The id of the user in the chat system. */
  user: string;
  /** Looks up who that is. Called only if the question gets a reply, because chat systems limit such requests. */
  profile(): Promise<Profile>;
}

/** What a chat system knows about a user. */
export interface Profile {
  /** Whether it is another program. */
  isBot: boolean;
  /** The time zone of the user, such as Europe/Riga. */
  zone: string;
}

/** What the bot replies: plain text, which the chat system escapes as it needs to. */
export interface Reply {
  text: string;
  /** Details, to be shown in a font of fixed width. */
  lines: string[];
  /** The URL of a page with all of it. */
  link?: string;
}

/** Returns the reply to a question; undefined if the bot should stay silent. It throws only what `profile()` throws. */
export type Responder = (question: Question) => Promise<Reply | undefined>;

/**
 * A chat system: passes each question to `respond` once, and sends the reply where the question came from. It returns
 * when the chat is over, or when `signal` is aborted.
 * @throws UserError if there is no connection to the chat system
 */
export type Chat = (respond: Responder, signal: AbortSignal) => Promise<void>;
