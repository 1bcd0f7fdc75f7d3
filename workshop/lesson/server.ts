import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { UsedBackend } from '../backend/connect.ts';
import { listen, localApp } from '../backend/local-app.ts';
import { assets } from '../backend/pages/assets.ts';
import { headersWith, pageHeaders, sendPage } from '../backend/pages/respond.ts';
import { addAssets } from '../backend/pages/routes.ts';
import { shell } from '../backend/pages/shell.ts';
import type { Course } from '../course/course.ts';
import { findStep } from '../course/list.ts';
import { UserError } from '../errors.ts';
import type { LoopbackListener } from '../net/loopback.ts';
import type {
  ActionInput,
  ActionName,
  ActionResponse,
  DifferenceResponse,
} from '../viewer/lesson/session-state.ts';
import { whyRefused } from './guard.ts';
import { readLinkedFile } from './linked-file.ts';
import { readmeHtml } from './readme.ts';
import { type Session, sentenceOf } from './session.ts';

/** What the server of the page needs. */
export interface LessonServerOptions {
  session: Session;
  course: Course;
  /** The trace backend, whose pages are shown in the page. */
  useBackend: () => Promise<UsedBackend>;
  /** What a request needs to change anything. */
  token: string;
  port: number;
}

const FILES = '/lesson/files/';
/** By this header, a second npm run lesson recognizes the first. */
export const lessonHeader = { name: 'x-workshop', value: 'lesson' };

/**
 * Serves the page of the lesson, and below the same origin the pages of the trace backend, so that they can be shown in a
 * frame that no other origin can have.
 * @throws PortInUseError
 */
export function serveLesson(options: LessonServerOptions): Promise<LoopbackListener> {
  const app = localApp({
    headers: { [lessonHeader.name]: lessonHeader.value },
    refuse: (_request, reply, message) => sendText(reply, message),
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    sendText(reply.code(error instanceof UserError ? 404 : (error.statusCode ?? 500)), sentenceOf(error)),
  );
  addPage(app, options);
  addActions(app, options);
  addTracePages(app, options);
  return listen(app, options.port);
}

function addPage(app: FastifyInstance, { session, course }: LessonServerOptions): void {
  app.get('/', (_request, reply) => reply.redirect('/lesson'));
  app.get('/lesson', async (_request, reply) =>
    sendPage(
      reply,
      shell('lesson', 'Lesson', await assets(), []),
      headersWith({ frames: 'self', framedBy: 'none' }),
    ),
  );
  addAssets(app);

  // Server-sent events (HTML Living Standard, "Server-sent events"): the whole state, each time that it changes.
  app.get('/lesson/events', (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { ...pageHeaders, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = () => raw.write(`data: ${JSON.stringify(session.state.value)}\n\n`);
    send();
    raw.once('close', session.state.follow(send));
  });

  app.get<StepParams>('/lesson/readme/:step', async ({ params }, reply) => {
    const { name, folder } = await findStep(params.step, course);
    const markdown = await readFile(join(folder, 'README.md'), 'utf8');
    return reply
      .headers(pageHeaders)
      .type('text/html')
      .send(readmeHtml(markdown, name, FILES));
  });

  app.get<StepParams>('/lesson/difference/:step', async ({ params }, reply) => {
    const { changes, startsChapter } = await session.difference(await findStep(params.step, course));
    const response: DifferenceResponse = { changes, otherSystem: startsChapter };
    return reply.headers(pageHeaders).send(response);
  });

  app.get<{ Params: { '*': string } }>(`${FILES}*`, async ({ params }, reply) => {
    const file = await readLinkedFile(course.root, params['*']);
    if (!file) return sendText(reply.code(404), 'There is no such file.');
    return reply.headers(pageHeaders).type(file.type).send(file.bytes);
  });
}

interface StepParams {
  Params: { step: string };
}

function addActions(app: FastifyInstance, { session: { actions }, token }: LessonServerOptions): void {
  app.all<{ Params: { action: string }; Body: ActionInput | null }>(
    '/lesson/do/:action',
    {
      async onRequest(request, reply) {
        const refusal = whyRefused(request, token);
        if (refusal) return reply.code(403).send({ message: refusal } satisfies ActionResponse);
      },
    },
    async ({ params: { action }, body }, reply) => {
      if (!Object.hasOwn(actions, action))
        return reply.code(404).send({ message: 'There is no such action.' });
      try {
        return { message: await actions[action as ActionName](body ?? {}) } satisfies ActionResponse;
      } catch (error) {
        return reply.code(409).send({ message: sentenceOf(error) } satisfies ActionResponse);
      }
    },
  );
}

/** Everything else is at the same path of the trace backend, and can be in a frame of this page. */
function addTracePages(app: FastifyInstance, { useBackend }: LessonServerOptions): void {
  const framed = headersWith({ frames: 'none', framedBy: 'self' });
  let backendUrl = '';
  const fetchPage = async (path: string, headers: Record<string, string>) => {
    backendUrl ||= (await useBackend()).url;
    return fetch(backendUrl + path, { headers, redirect: 'manual' });
  };

  app.setNotFoundHandler(async ({ method, url, headers }, reply) => {
    if (method !== 'GET' || !url.startsWith('/'))
      return sendText(reply.code(404), `There is nothing at ${url}.`);
    const etag = headers['if-none-match'];
    const sent = etag === undefined ? {} : { 'if-none-match': etag };
    const response = await fetchPage(url, sent).catch(async () => {
      await useBackend(); // it belonged to another command, which has ended
      return fetchPage(url, sent);
    });
    for (const name of ['content-type', 'cache-control', 'etag', 'location']) {
      const value = response.headers.get(name);
      if (value !== null) reply.header(name, value);
    }
    return reply
      .code(response.status)
      .headers(framed)
      .send(Buffer.from(await response.arrayBuffer()));
  });
}

function sendText(reply: FastifyReply, sentence: string): FastifyReply {
  return reply.headers(pageHeaders).type('text/plain; charset=utf-8').send(sentence);
}
