import { request } from 'undici';
import { type Call, run } from '#workshop/run';

/** The call that this chapter follows: asks the gateway to sell what is in the basket. */
async function checkOut({ urls }: Call) {
  const answer = await request(`${urls['gateway']}/api/checkout`, { method: 'POST' });

  return { status: answer.statusCode, body: await answer.body.text(), traceId: answer.headers['trace-id'] };
}

// Starts what is not running yet, makes the call and shows the answer and its trace.
await run(checkOut, import.meta.dirname, { name: 'checkout' });
