import { randomBytes } from 'node:crypto';
import type { Course } from '../course/course.ts';
import { UserError } from '../errors.ts';
import { accepts } from '../net/accepts.ts';
import { PortInUseError } from '../net/loopback.ts';
import { portOwner, portUsedText } from '../net/port-owner.ts';
import { keepBackend } from './backend.ts';
import { lessonHeader, serveLesson } from './server.ts';
import { keepServices } from './services.ts';
import { openSession } from './session.ts';

const TOKEN_BYTES = 32;
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Serves the page of the lesson until the signal, with the services and a trace backend. `onReady` gets the address of the
 * page, whose fragment is the token: browsers don't send it with a request, and it is in no log.
 * @throws UserError if another program uses the port, or the trace backend can't be used
 */
export async function runLesson(
  course: Course,
  { port, signal, onReady }: { port: number; signal: AbortSignal; onReady: (url: string) => void },
): Promise<void> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const backend = keepBackend(signal);
  const opened: (() => Promise<unknown>)[] = [() => backend.close()];
  try {
    if (await accepts(port)) throw await portInUse(port);
    await backend.use();
    const session = await openSession(course, backend.use);
    opened.push(() => session.close());
    const listener = await serveLesson({ session, course, useBackend: backend.use, token, port }).catch(
      async (error: unknown) => {
        throw error instanceof PortInUseError ? await portInUse(port) : error;
      },
    );
    opened.push(() => listener.close());
    onReady(`http://localhost:${listener.port}/lesson#token=${token}`);
    await keepServices(course, session.state, signal);
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

/** The error for a port that another program uses, perhaps another npm run lesson. */
async function portInUse(port: number): Promise<UserError> {
  const url = `http://localhost:${port}`;
  const isLesson = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  }).then(
    ({ headers }) => headers.get(lessonHeader.name) === lessonHeader.value,
    () => false,
  );
  if (!isLesson) return new UserError(await portUsedText(port, '--port'));
  const owner = (await portOwner(port)) ?? 'another program';
  return new UserError(
    `npm run lesson is already running at ${url} in ${owner}: open the address that it printed, or stop it with Ctrl-C.`,
  );
}
