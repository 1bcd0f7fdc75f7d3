/** npm run parts: lists the real programs that steps need, such as RabbitMQ, and fetches one beforehand. */
import { main, readCommandLine } from '../command-line/main.ts';
import { messageOf, UsageError, UserError } from '../errors.ts';
import { parts } from '../parts/all.ts';
import { describe } from '../parts/describe.ts';
import { fetchPart } from '../parts/fetch.ts';
import { lookFor } from '../parts/look.ts';

const help = `
npm run parts           lists the parts, and says whether each is there or how to get it
npm run parts NAME      fetches a part, so that the workshop can start it without a network

A part is a real program that services of some steps need. The workshop uses one that is running or starts it; only
if it is not installed do you have to do something. NAME is ${parts.map(({ name }) => name).join(' or ')}.
`;

await main(async () => {
  const { positionals } = readCommandLine({ help, options: {}, positionals: true });
  const [name, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`Unexpected argument: ${more.join(' ')}. Name one part at a time.`);
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
    await fetchPart(part, console.log).catch((error) => {
      throw new UserError(`${describe(part, found)}\n${messageOf(error)}`);
    });
  }
  console.log(describe(part, await lookFor(part)));
});
