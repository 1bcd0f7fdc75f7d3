/** npm run weather: makes social-api slow or unreliable, from step 16 on. */
import { request } from 'undici';
import { main, readCommandLine } from '../command-line/main.ts';
import { messageOf, UsageError, UserError } from '../errors.ts';
import { parsed } from '../net/parsed.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run weather [-- --delay MS --jitter MS --error-rate SHARE]

Makes social-api slow or unreliable while npm run services is running. Without options, the weather is fine again.

  --delay MS          how long each response takes (20 if not given)
  --jitter MS         and up to this much longer (20 if not given)
  --error-rate SHARE  the share of requests, from 0 to 1, that fail with status 500 (0 if not given)
`;

await main(async () => {
  const { values } = readCommandLine({
    help,
    options: {
      delay: { type: 'string', default: '20' },
      jitter: { type: 'string', default: '20' },
      'error-rate': { type: 'string', default: '0' },
    },
  });
  const numberOf = (flag: keyof typeof values) => {
    const number = Number(values[flag] || NaN);
    if (Number.isNaN(number)) throw new UsageError(`--${flag} needs a number, not "${values[flag]}".`);
    return number;
  };
  const weather = {
    delayMs: numberOf('delay'),
    jitterMs: numberOf('jitter'),
    errorRate: numberOf('error-rate'),
  };

  const services = await readServices(projectFolder);
  const social = services.find(({ title }) => title === 'social-api');
  if (!social)
    throw new UserError('The working copy has no social-api: npm run step 16/start puts it there.');
  const url = `http://localhost:${social.port}/weather`;
  const { statusCode, body } = await request(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(weather),
  }).catch((error) => {
    throw new UserError(`social-api doesn't respond (${messageOf(error)}): npm run services starts it.`);
  });
  const response = parsed(await body.text());
  if (statusCode !== 200) {
    throw new UsageError(
      `social-api refuses this weather (${(response as { message?: string }).message}); --help lists the options.`,
    );
  }
  const { delayMs, jitterMs, errorRate } = response as typeof weather;
  console.log(
    `social-api: responses take ${delayMs} to ${delayMs + jitterMs} ms, and ${Number((errorRate * 100).toFixed(1))} % of the requests fail.`,
  );
});
