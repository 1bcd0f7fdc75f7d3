import { request } from 'undici';
import { type Call, run } from '#workshop/run';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

/** The call that this workshop follows: asks bands-api for one band. */
async function getBand({ urls, band = FUGAZI }: Call) {
  const answer = await request(`${urls['bands-api']}/bands/${band}`);

  return { status: answer.statusCode, body: await answer.body.text() };
}

// Starts what is not running yet, makes the call and shows the answer and its trace.
await run(getBand, import.meta.dirname);
