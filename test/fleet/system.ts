import type { TestContext } from 'node:test';
import pg from 'pg';
import { freePort } from '#workshop/net/ports';
import { postgresql } from '#workshop/parts/postgresql';
import { startPart } from '#workshop/parts/start';
import { environmentOf, readServices } from '#workshop/services/definition';
import { freePorts } from '#workshop/services/use';
import { stepNumber } from '../check/support.ts';
import { eventually } from '../support/eventually.ts';
import { start, type Subject } from '../support/process.ts';
import { setWeather } from './set-weather.ts';

/** A list of followers that followers-api responded with, or why there is none. */
export interface Reply {
  status: number;
  name: string;
  list?: string[];
  message?: string;
}

const PATIENCE_MS = '60000'; // on a busy machine, many calls for one name wait for each other

/**
 * social-api, three instances of followers-api, and PostgreSQL: real processes on free ports, which are stopped
 * after the test. `binaries` is the folder with PostgreSQL's programs, and `folder` the one for its data.
 */
export async function startFleet(t: TestContext, binaries: string, folder: string) {
  let database = await startPart(postgresql, { binaries, folder });
  const { address } = database;
  t.after(() => database.stop());

  const services = await readServices(stepNumber(17).folder);
  const ports = await freePorts(services);
  const env = {
    ...process.env,
    ...address,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${await freePort()}`, // nothing listens there
    DATABASE_TIMEOUT_MS: PATIENCE_MS,
    SOCIAL_TIMEOUT_MS: PATIENCE_MS,
  };
  const started = new Map<string, Subject>();
  const startService = async (name: string) => {
    const service = services.find((one) => one.name === name)!;
    const words = ['--import', import.meta.resolve('tsx/esm'), '--import', './tracing.ts', 'main.ts'];
    const subject = start(t, process.execPath, words, {
      cwd: service.folder,
      env: { ...env, ...environmentOf(service, ports) },
    });
    await subject.printed(/Server listening/);
    started.set(name, subject);
  };
  await Promise.all(services.map(({ name }) => startService(name)));

  const instances = services.filter(({ title }) => title === 'followers-api').map(({ name }) => name);
  const urlOf = (name: string) => `http://localhost:${ports.get(name)}`;
  let calls = 0;

  return {
    startService,
    /** Kills a service, and waits until it has exited. */
    async kill(name: string): Promise<void> {
      const { child, ended } = started.get(name)!;
      child.kill('SIGKILL');
      await ended;
    },
    /** Asks the next instance for the followers of a user. */
    async call(name: string): Promise<Reply> {
      const instance = instances[calls++ % instances.length]!;
      const response = await fetch(`${urlOf(instance)}/followers/${name}`);
      const body: unknown = await response.json();
      return { status: response.status, name, ...(Array.isArray(body) ? { list: body } : (body as object)) };
    },
    setWeather: (weather: { delayMs: number }) => setWeather(urlOf('social-api'), weather),

    /** Runs SQL over a connection of its own, and returns the rows. */
    async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
      const client = new pg.Client({ connectionString: address['DATABASE_URL'] });
      await client.connect();
      try {
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end();
      }
    },
    /** Kills PostgreSQL, which leaves no time to write or to say anything. Its other processes exit when they notice. */
    async killDatabase(): Promise<void> {
      process.kill(database.pid, 'SIGKILL');
      await database.ended;
    },
    /** Starts PostgreSQL again. It refuses to start until all processes of the one that was killed have exited. */
    async restartDatabase(): Promise<void> {
      const { port } = postgresql.place(address);
      database = await eventually(
        () => startPart(postgresql, { binaries, folder, port }),
        'PostgreSQL starts again',
      );
    },
  };
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;
