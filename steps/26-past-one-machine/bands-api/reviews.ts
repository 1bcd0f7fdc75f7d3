import { request } from 'undici';

const REVIEWS_API_URL = process.env.REVIEWS_API_URL ?? 'http://localhost:8080';
const REVIEWS_TIMEOUT_MS = Number(process.env.REVIEWS_TIMEOUT_MS ?? 5_000);

interface Options {
  headers?: Record<string, string>;
  /** Aborts when our own caller stops waiting. */
  signal: AbortSignal;
}

/** Sends a GET request to reviews-api and returns the JSON of its response, or throws the error that our caller should get. */
export async function askReviewsApi(path: string, { headers = {}, signal }: Options) {
  const timeout = AbortSignal.timeout(REVIEWS_TIMEOUT_MS);
  try {
    const response = await request(`${REVIEWS_API_URL}${path}`, {
      headers,
      signal: AbortSignal.any([signal, timeout]),
    });
    if (response.statusCode !== 200) throw new Error(`it responded with status ${response.statusCode}`);
    const reviews = await response.body.json();
    if (!Array.isArray(reviews)) throw new Error('it did not respond with a list');
    return reviews;
  } catch (error) {
    throw reviewsFailed(error as Error, timeout.aborted);
  }
}

/** The error that our caller gets when reviews-api fails: 504 if it was too slow, 502 for any other reason. */
function reviewsFailed(cause: Error & { code?: string }, tooSlow: boolean) {
  // When localhost has two addresses and neither accepts a connection, the error has a code and no message.
  const reason = tooSlow ? `no response within ${REVIEWS_TIMEOUT_MS} ms` : cause.message || cause.code;
  return Object.assign(new Error(`reviews-api failed: ${reason}`, { cause }), {
    statusCode: tooSlow ? 504 : 502,
  });
}
