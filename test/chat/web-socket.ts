/** The server side of a WebSocket (RFC 6455), as far as a test needs it: text messages in one frame each, ping, and close. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 };

/** Accepts a request for a WebSocket. Gives a function that sends a text. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  onText: (text: string) => void,
): (text: string) => void {
  const key = request.headers['sec-websocket-key'];
  const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let buffer = Buffer.alloc(0);
  socket.on('error', () => {}); // the client may go away at any time
  socket.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    for (let frame = readFrame(buffer); frame; frame = readFrame(buffer)) {
      buffer = buffer.subarray(frame.length);
      if (frame.opcode === opcodes.text) onText(frame.payload.toString());
      if (frame.opcode === opcodes.ping) socket.write(frameOf(opcodes.pong, frame.payload));
      if (frame.opcode === opcodes.close) socket.end(frameOf(opcodes.close, frame.payload));
    }
  });
  return (text) => void socket.write(frameOf(opcodes.text, Buffer.from(text)));
}

/** Reads the first frame, which a client masks; undefined if it isn't complete. */
function readFrame(buffer: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (buffer.length < 2) return undefined;
  const short = buffer[1]! & 127;
  const header = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (buffer.length < header + 4) return undefined;
  const size =
    short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  const length = header + 4 + size;
  if (buffer.length < length) return undefined;
  const mask = buffer.subarray(header, header + 4);
  const payload = Buffer.from(buffer.subarray(header + 4, length).map((byte, at) => byte ^ mask[at % 4]!));
  return { opcode: buffer[0]! & 15, payload, length };
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const size = payload.length;
  const header = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  header[0] = 128 | opcode; // the only frame of its message
  header[1] = Math.min(size, header.length === 2 ? 125 : header.length === 4 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(size, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, payload]);
}
