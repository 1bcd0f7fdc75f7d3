import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { listenOnLoopback, PortInUseError } from '../../workshop/net/loopback.ts';
import { UserError } from '../../workshop/errors.ts';
import { portUsedText } from '../../workshop/net/port-owner.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { watch } from '../../workshop/watch.ts';
import { type BuiltDeck, buildDeck } from './build.ts';

const TYPES: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  txt: 'text/plain',
};
const WATCHED = ['slides', 'steps', 'bench/results'].map((path) => join(projectFolder, path));

/**
 * Serves the deck on this machine only, and rebuilds it when its source or a step changes; open pages then reload. An
 * error in the source is passed to `onError` and shown on the pages, which keep their content. The URL ends with a slash.
 * @throws UserError if another program uses the port, or the source is invalid at the start
 */
export async function serveDeck(port: number, onError: (text: string) => void) {
  let deck = await buildDeck();
  let problem = '';
  const listeners = new Set<ServerResponse>();

  const server = () =>
    createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      if (path !== '/changes') return send(response, deck, path);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.flushHeaders();
      listeners.add(response);
      response.once('close', () => listeners.delete(response));
      if (problem !== '') sendEvent(response, 'problem', problem);
    });
  const listener = await listenOnLoopback(server, port).catch(async (error: unknown) => {
    if (!(error instanceof PortInUseError)) throw error;
    throw new UserError(await portUsedText(port, '--port'));
  });

  async function rebuild(): Promise<void> {
    try {
      deck = await buildDeck();
      problem = '';
      for (const response of listeners) sendEvent(response, 'change', '');
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem = error.message;
      onError(problem);
      for (const response of listeners) sendEvent(response, 'problem', problem);
    }
  }
  let turn = Promise.resolve();
  const watcher = watch(WATCHED, () => (turn = turn.then(rebuild)));

  return {
    url: `http://127.0.0.1:${listener.port}/`,
    async close(): Promise<void> {
      await Promise.all([watcher.close(), turn]);
      await listener.close();
    },
  };
}

/** Writes a server-sent event with one line of data. */
function sendEvent(response: ServerResponse, event: 'change' | 'problem', data: string): void {
  response.write(`event: ${event}\ndata: ${data.replaceAll('\n', ' ')}\n\n`);
}

function send(response: ServerResponse, deck: BuiltDeck, path: string): void {
  const name = path === '/' ? 'index.html' : path.slice(1);
  const text = deck.get(name);
  if (text === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`Not found: ${path}. The deck is at /.\n`);
    return;
  }
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]!;
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  // Only a served page listens for changes.
  response.end(name === 'index.html' ? text.replace('<html ', '<html data-live ') : text);
}
