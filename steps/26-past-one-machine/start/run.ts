import { request } from 'undici';
import { type Call, run } from '#workshop/run';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

/** The call that this workshop follows: asks bands-api for one band. */
async function getBand({ urls, band = FUGAZI }: Call) {
  const response = await request(`${urls['bands-api']}/bands/${band}`);

  return {
    status: response.statusCode,
    body: await response.body.text(),
    traceId: response.headers['trace-id'],
  };
}

// Starts what isn't running yet, makes the call, and shows the response and its trace.
await run(getBand, import.meta.dirname);
