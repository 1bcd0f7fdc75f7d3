import { connect } from 'node:http2';

const TIMEOUT_MS = 2_000;

export interface CallOptions {
  message?: Buffer;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/**
 * Calls a gRPC method over HTTP/2 without TLS and returns its status code ("0" is OK), or undefined if the server doesn't
 * speak gRPC or sends nothing for `timeoutMs`, 2 s by default. `message` is the request in protobuf, empty by default;
 * the framing follows "gRPC over HTTP2", section "Requests".
 */
export function callGrpc(
  origin: string,
  path: string,
  { message = Buffer.alloc(0), headers = {}, timeoutMs = TIMEOUT_MS }: CallOptions = {},
): Promise<string | undefined> {
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1); // byte 0 is the compression flag: not compressed
  message.copy(frame, 5);

  return new Promise((resolve) => {
    const session = connect(origin);
    const finish = (status: string | undefined) => {
      session.destroy();
      resolve(status);
    };
    session.setTimeout(timeoutMs, () => finish(undefined));
    session.on('error', () => finish(undefined));

    const call = session.request({
      ...headers,
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.on('error', () => finish(undefined));
    for (const event of ['response', 'trailers']) {
      call.on(event, (fields) => 'grpc-status' in fields && finish(String(fields['grpc-status'])));
    }
    call.on('end', () => setImmediate(finish, undefined));
    call.resume();
    call.end(frame);
  });
}
