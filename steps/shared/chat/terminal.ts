import { createInterface } from 'node:readline';
import type { Chat, Reply } from './chat.ts';

/** A chat in the terminal: each line of standard input is a question of the user with this id. */
export function terminalChat(user: string): Chat {
  return async (respond, signal) => {
    const { stdin, stdout } = process;
    const typed = stdin.isTTY;
    const lines = createInterface({
      input: stdin,
      ...(typed ? { output: stdout } : {}),
      prompt: '> ',
      signal,
    });
    const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
    lines.prompt();
    for await (const text of lines) {
      if (!typed) console.log(`> ${text}`); // so that the output shows the questions, even if they come from a pipe
      const reply = await respond({ text, user, profile: async () => ({ isBot: false, zone }) });
      if (reply) console.log(textOf(reply));
      lines.prompt();
    }
  };
}

function textOf({ text, lines, link }: Reply): string {
  const needsLink = link !== undefined && !lines.some((line) => line.includes(link));
  return [text, ...lines.map((line) => `  ${line}`), ...(needsLink ? [link] : [])].join('\n');
}
