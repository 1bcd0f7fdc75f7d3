import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { type Call, run } from '#workshop/run';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

/** The call that this workshop follows: asks bands-api for one band. */
async function getBand({ urls, band = FUGAZI }: Call) {
  const version = '00';
  const traceId = randomBytes(16).toString('hex');
  const parentId = randomBytes(8).toString('hex');
  const flags = '01'; // sampled: please record this trace
  const tracestate = 'vendor=opaque-value'; // what another tracing system wants to find again
  const baggage = 'customer.plan=premium'; // what a service further down the line may want to know

  const headers = { traceparent: `${version}-${traceId}-${parentId}-${flags}`, tracestate, baggage };
  const response = await request(`${urls['bands-api']}/bands/${band}`, { headers });

  return {
    status: response.statusCode,
    body: await response.body.text(),
    traceId: response.headers['trace-id'],
  };
}

// Starts what isn't running yet, makes the call, and shows the response and its trace.
await run(getBand, import.meta.dirname);
