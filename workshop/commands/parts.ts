/** npm run parts: lists the real programs that steps need, such as RabbitMQ, and fetches one beforehand. */
import { main, readCommandLine } from '../command-line/main.ts';
import { messageOf, UsageError, UserError } from '../errors.ts';
import { parts } from '../parts/all.ts';
import { fetchPart } from '../parts/fetch.ts';
import { describe, lookFor, setVariables } from '../parts/look.ts';
import { packageOf } from '../parts/programs.ts';

const help = `
npm run parts           lists the parts, and says where each one is or how to get it
npm run parts NAME      fetches a part, so that the workshop can start it without a network

A part is a real program that the services of some steps need. The workshop uses an instance that is running, or starts
one. You only have to do something if the part is not installed.

NAME is one of these: ${parts.map(({ name }) => name).join(', ')}.
`;

await main(async () => {
  const { positionals } = readCommandLine({ help, options: {}, positionals: 1 });
  const [name] = positionals;
  if (name === undefined) {
    const width = Math.max(...parts.map((part) => part.name.length));
    for (const part of parts)
      console.log(`${part.name.padEnd(width)}  ${describe(part, await lookFor(part))}`);
    return;
  }

  const part = parts.find((one) => one.name === name);
  if (!part) {
    const names = parts.map((one) => one.name).join(', ');
    throw new UsageError(`There is no part "${name}". The parts are ${names}.`);
  }
  const found = await lookFor(part);
  if ('missing' in found) {
    const variables = setVariables(part).join(' and ');
    if (variables && packageOf(part)) {
      throw new UserError(
        `${variables} says where ${part.title} is, so a fetched one would not be used: unset it first.`,
      );
    }
    await fetchPart(part, console.log).catch((error) => {
      throw new UserError(`${describe(part, found)}\n${messageOf(error)}`);
    });
  }
  console.log(describe(part, await lookFor(part)));
});
