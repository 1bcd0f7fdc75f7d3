/**
 * Slack as far as the bot uses it: the methods of the Web API, and socket mode (Slack documentation, "Using Socket
 * Mode"). It plays what Slack does to apps: repeats an event, closes the connection, or limits the rate.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { acceptWebSocket } from './web-socket.ts';

export const BOT = 'UBOT';

const users: Record<string, { tz: string; is_bot: boolean }> = {
  UADA: { tz: 'Europe/Riga', is_bot: false },
  UGRACE: { tz: 'America/New_York', is_bot: false },
  UMARS: { tz: 'Mars/Olympus', is_bot: false },
  UROBOT: { tz: 'America/Los_Angeles', is_bot: true },
};

/** A message that the bot posted. */
export interface Post {
  channel: string;
  thread_ts: string;
  text: string;
}

/** An event app_mention. Fields that are left out have a value that no other event has. */
export interface Mention {
  event_id?: string;
  user?: string | undefined;
  bot_id?: string;
  ts?: string;
  thread_ts?: string;
}

export interface FakeSlack {
  /** The URL of its API. */
  url: string;
  posts: Post[];
  /** The names of the methods that were called, in order. */
  calls: string[];
  /** The ids of the envelopes that were acknowledged. */
  acknowledged: string[];
  /** Responds to the next call of a method with 429 and the header Retry-After. */
  limitNext(method: string): void;
  /** Refuses all tokens from now on. */
  refuseTokens(): void;
  /** Sends an event app_mention with this text. Gives the id of its envelope. */
  mention(text: string, fields?: Mention): string;
  /** Sends any other event. */
  event(event: object): string;
  /** Asks the app to connect again, as Slack does every few hours. */
  requestReconnect(): void;
  /** Breaks the connection without a word. */
  breakConnection(): void;
  connections(): number;
  close(): void;
}

/** Starts it on a free port of this machine. */
export async function startFakeSlack(): Promise<FakeSlack> {
  const posts: Post[] = [];
  const calls: string[] = [];
  const acknowledged: string[] = [];
  const connections = new Map<Duplex, (text: string) => void>();
  const limited = new Set<string>();
  let refusesTokens = false;
  let serial = 0;

  const server = createServer(async (request, response) => {
    const method = request.url!.replace('/api/', '');
    const fields = Object.fromEntries(new URLSearchParams(await text(request)));
    calls.push(method);
    const respond = (body: object) => response.end(JSON.stringify(body));
    response.setHeader('content-type', 'application/json');
    if (limited.delete(method)) {
      response.writeHead(429, { 'retry-after': '1' });
      return respond({ ok: false, error: 'ratelimited' });
    }
    if (refusesTokens) return respond({ ok: false, error: 'invalid_auth' });
    respond({ ok: true, ...call(method, fields) });
  });

  function call(method: string, fields: Record<string, string>): object {
    const { port } = server.address() as AddressInfo;
    if (method === 'auth.test') return { user_id: BOT, bot_id: 'BBOT', team_id: 'T1' };
    if (method === 'apps.connections.open') return { url: `ws://127.0.0.1:${port}/link` };
    if (method === 'users.info') return { user: { id: fields.user, ...users[fields.user!] } };
    if (method !== 'chat.postMessage') return { ok: false, error: 'unknown_method' };
    posts.push(fields as unknown as Post);
    return { channel: fields.channel, ts: `${++serial}.0` };
  }

  server.on('upgrade', (request, socket) => {
    const send = acceptWebSocket(request, socket, (message) =>
      acknowledged.push((JSON.parse(message) as { envelope_id: string }).envelope_id),
    );
    connections.set(socket, send);
    socket.on('close', () => connections.delete(socket));
    send(JSON.stringify({ type: 'hello', num_connections: 1 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const send = (message: object) => {
    for (const sendText of connections.values()) sendText(JSON.stringify(message));
  };
  const event = (fields: object, event_id = `Ev${++serial}`) => {
    const envelope_id = `envelope-${++serial}`;
    const authorizations = [{ team_id: 'T1', user_id: BOT, is_bot: true }];
    const payload = { type: 'event_callback', event_id, team_id: 'T1', authorizations, event: fields };
    send({ type: 'events_api', envelope_id, accepts_response_payload: false, payload });
    return envelope_id;
  };
  const breakConnection = () => {
    for (const socket of connections.keys()) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    posts,
    calls,
    acknowledged,
    limitNext: (method) => void limited.add(method),
    refuseTokens: () => void (refusesTokens = true),
    mention: (message, { event_id, ...fields } = {}) =>
      event(
        { type: 'app_mention', user: 'UADA', channel: 'C1', ts: `${++serial}.0`, text: message, ...fields },
        event_id,
      ),
    event,
    requestReconnect: () => send({ type: 'disconnect', reason: 'refresh_requested' }),
    breakConnection,
    connections: () => connections.size,
    close() {
      breakConnection();
      server.close();
    },
  };
}
