/** Slack's format of messages: &, <, and > are escaped, and <…> is a mention or a link (Slack documentation, "Formatting message text"). */
import type { Reply } from '../chat.ts';

/**
 * The question in a message: what follows the first mention of the bot, as the user typed it. Undefined if the bot is
 * mentioned only inside code, which is a quotation.
 */
export function questionIn(message: string, botUser: string): string | undefined {
  const withoutCode = message.replaceAll(/```[^]*?```|`[^`\n]*`/g, (code) => ' '.repeat(code.length));
  const mention = new RegExp(`<@${botUser}(?:\\|[^>]*)?>`).exec(withoutCode);
  if (!mention) return undefined;
  return message
    .slice(mention.index + mention[0].length)
    .replaceAll('`', ' ')
    .replaceAll(/<(https?:[^|>]*)(?:\|([^>]*))?>/g, (_, url, label) => label ?? url)
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

/** A reply as Slack expects it. Nothing in it can mention anybody. */
export function messageFrom({ text, lines, link }: Reply): string {
  const parts = [escaped(text)];
  if (lines.length > 0) parts.push('```', escaped(lines.join('\n')).replaceAll('```', "'''"), '```');
  if (link) parts.push(escaped(link));
  return parts.join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
