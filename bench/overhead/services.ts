import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { startQuietly, stopQuietly } from '../support/service.ts';

/** The running bands-api and reviews-api of the working copy. */
export interface Pair {
  url: string;
  stop(): Promise<void>;
}

/** Starts both services with this tracing file (undefined: untraced) and these variables; their logs are discarded. */
export async function startPair(
  tracing: string | undefined,
  env: Record<string, string> = {},
): Promise<Pair> {
  const bandsPort = await freePort();
  const reviewsPort = await freePort();
  const start = (name: string, variables: Record<string, string>) =>
    startQuietly(join(projectFolder, name), tracing, { ...env, ...variables, SERVICE_NAME: name });
  const reviews = await start('reviews-api', { PORT: String(reviewsPort) });
  const bands = await start('bands-api', {
    PORT: String(bandsPort),
    REVIEWS_API_URL: `http://localhost:${reviewsPort}`,
  });
  return {
    url: `http://localhost:${bandsPort}`,
    stop: async () => {
      await stopQuietly(bands);
      await stopQuietly(reviews);
    },
  };
}
