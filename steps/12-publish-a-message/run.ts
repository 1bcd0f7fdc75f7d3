import { request } from 'undici';
import { type Call, run } from '#workshop/run';

/** The call that this chapter follows: asks the gateway to sell what is in the basket. */
async function checkOut({ urls }: Call) {
  const response = await request(`${urls['gateway']}/api/checkout`, { method: 'POST' });

  return {
    status: response.statusCode,
    body: await response.body.text(),
    traceId: response.headers['trace-id'],
  };
}

// Starts what isn't running yet, makes the call, and shows the response and its trace.
await run(checkOut, import.meta.dirname, { name: 'checkout' });
