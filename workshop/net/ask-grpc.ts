import { connect } from 'node:http2';

const TIMEOUT_MS = 2_000;

interface GrpcQuestion {
  message?: Buffer;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Calls a gRPC method over HTTP/2 without TLS, and gives the status that it ends with ("0" is OK; the numbers are
 * those of gRPC's status codes), or undefined when what listens there does not answer as gRPC does.
 * `message` is the request in protobuf, nothing if not given; the framing is that of "gRPC over HTTP2", section
 * Requests. After `timeoutMs`, 2 s if not given, in which nothing came, it counts as not answered.
 */
export function askGrpc(
  origin: string,
  path: string,
  { message = Buffer.alloc(0), headers = {}, timeoutMs = TIMEOUT_MS }: GrpcQuestion = {},
): Promise<string | undefined> {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1); // the byte before says that it is not compressed
  message.copy(frame, 5);

  return new Promise((resolve) => {
    const session = connect(origin);
    const answer = (status: string | undefined) => {
      session.destroy();
      resolve(status);
    };
    session.setTimeout(timeoutMs, () => answer(undefined));
    session.on('error', () => answer(undefined));

    const call = session.request({
      ...headers,
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.on('error', () => answer(undefined));
    for (const event of ['response', 'trailers']) {
      call.on(event, (fields) => 'grpc-status' in fields && answer(String(fields['grpc-status'])));
    }
    call.on('end', () => setImmediate(answer, undefined));
    call.resume();
    call.end(frame);
  });
}
