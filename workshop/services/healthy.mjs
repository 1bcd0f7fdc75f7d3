// The health check of the containers: whether the service in this folder responds over gRPC at the port in $GRPC_ADDRESS, or
// over HTTP at $PORT. Plain JavaScript, because it starts every 5 s. The flags 00 in traceparent mean "not sampled", so that
// the request leaves no trace.
import { basename } from 'node:path';

const headers = { traceparent: `00-${'1'.repeat(32)}-${'1'.repeat(16)}-00` };
const { GRPC_ADDRESS, PORT } = process.env;
const isHealthy = GRPC_ADDRESS ? await checkGrpc(/\d+$/.exec(GRPC_ADDRESS)) : await checkHttp(PORT);
process.exit(isHealthy ? 0 : 1);

async function checkHttp(port) {
  return (await fetch(`http://localhost:${port}/health`, { headers })).ok;
}

/** Uses gRPC's health protocol (grpc.health.v1), whose request has the name of the service as field 1. */
async function checkGrpc(port) {
  const { callGrpc } = await import('../net/call-grpc.ts'); // Node.js in the image can run TypeScript
  const name = basename(process.cwd());
  const message = Buffer.concat([Buffer.from([0x0a, name.length]), Buffer.from(name)]);
  const path = '/grpc.health.v1.Health/Check';
  return (await callGrpc(`http://localhost:${port}`, path, { message, headers })) === '0';
}
