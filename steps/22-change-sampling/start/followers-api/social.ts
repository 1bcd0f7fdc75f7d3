import { request } from 'undici';

const SOCIAL_API_URL = process.env.SOCIAL_API_URL ?? 'http://localhost:8095';
const SOCIAL_TIMEOUT_MS = Number(process.env.SOCIAL_TIMEOUT_MS ?? 5_000);

/** Asks social-api who follows a user, or throws what our caller should be told. */
export async function askForFollowers(name: string): Promise<string[]> {
  const signal = AbortSignal.timeout(SOCIAL_TIMEOUT_MS);
  try {
    const url = `${SOCIAL_API_URL}/users/${encodeURIComponent(name)}/followers`;
    const response = await request(url, { signal });
    if (response.statusCode !== 200) throw new Error(`it responded with status ${response.statusCode}`);
    const followers: unknown = await response.body.json();
    if (!isListOfNames(followers)) throw new Error('its response is not a list of names');
    return followers;
  } catch (error) {
    throw socialApiFailed(error as Error, signal.aborted);
  }
}

function isListOfNames(list: unknown): list is string[] {
  return Array.isArray(list) && list.every((name) => typeof name === 'string' && name !== '');
}

/** What our caller is told when social-api fails: 504 if it was too slow, 502 for any other reason. */
function socialApiFailed(cause: Error & { code?: string }, tooSlow: boolean) {
  // When localhost has two addresses and neither accepts a connection, the error has a code and no message.
  const reason = tooSlow ? `no response within ${SOCIAL_TIMEOUT_MS} ms` : cause.message || cause.code;
  return Object.assign(new Error(`social-api failed: ${reason}`, { cause }), {
    statusCode: tooSlow ? 504 : 502,
  });
}
