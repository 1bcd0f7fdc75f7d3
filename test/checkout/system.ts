import { after } from 'node:test';
import { join } from 'node:path';
import amqplib, { type ConfirmChannel } from 'amqplib';
import { queryTrace } from '#workshop/backend/query';
import { startBackend } from '#workshop/backend/start';
import { environmentOf, readServices } from '#workshop/services/definition';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import type { Span, Trace } from '#workshop/trace/model';
import type { Broker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { start, type Subject } from '../support/process.ts';

/** The end state of chapter 2. */
const LAST_STEP = join(projectFolder, 'steps/15-parent-or-link');

const READY = { gateway: /Server listening/, checkout: /Server listening/, stock: /Connected to RabbitMQ/ };
type Name = keyof typeof READY;

/** What a POST was answered with. */
export interface Posted {
  status: number;
  traceId: string;
  body: string;
}

/**
 * The services of the last step for all tests of a file: real processes on free ports, with a receiver of spans of
 * their own. They are ended after the tests.
 */
export async function startSystem(broker: Broker, names: Name[] = ['gateway', 'checkout', 'stock']) {
  const services = await readServices(LAST_STEP);
  const ports = new Map<string, number>();
  for (const { name, port } of services) if (port) ports.set(name, await freePort());
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  const started: { name: Name; subject: Subject }[] = [];
  // Called within a test, `after` would be about that test alone, and services are started there too.
  const ends: (() => unknown)[] = [() => backend.close()];
  const file = { after: (end: () => unknown) => void ends.push(end) };
  after(() => Promise.all(ends.map((end) => end())));

  /** Starts a service and waits until it is ready. */
  async function startService(name: Name) {
    const service = services.find((one) => one.name === name)!;
    const words = ['--import', import.meta.resolve('tsx/esm'), '--import', './tracing.ts', 'main.ts'];
    const subject = start(file, process.execPath, words, {
      cwd: service.folder,
      env: {
        ...process.env,
        ...broker.env,
        ...environmentOf(service, ports),
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
        OTEL_BSP_SCHEDULE_DELAY: '50',
        CHECKOUT_TIMEOUT_MS: '15000', // long enough for a busy machine
      },
    });
    started.push({ name, subject });
    await subject.printed(READY[name]);
  }

  await Promise.all(names.map(startService));

  return {
    backend,
    startService,
    gatewayUrl: `http://localhost:${ports.get('gateway')}`,
    checkoutAddress: `localhost:${ports.get('checkout')}`,

    /** Ends a service by a signal and waits until it is gone. Gives how it ended. */
    async end(name: Name, signal: NodeJS.Signals) {
      const { subject } = started.findLast((one) => one.name === name)!;
      subject.child.kill(signal);
      return subject.ended;
    },

    /** The lines that a service has printed, each time that it was started. */
    printed(name: Name): string[] {
      return started.filter((one) => one.name === name).flatMap(({ subject }) => subject.stdout.split('\n'));
    },

    /** Resolves as soon as a service, as it was last started, has printed something. */
    prints: (name: Name, pattern: RegExp) =>
      started.findLast((one) => one.name === name)!.subject.printed(pattern),

    /** Sends POST /api/checkout. */
    async post(headers: Record<string, string> = {}): Promise<Posted> {
      const url = `http://localhost:${ports.get('gateway')}/api/checkout`;
      const answer = await fetch(url, { method: 'POST', headers });
      const traceId = answer.headers.get('trace-id') ?? '';
      return { status: answer.status, traceId, body: await answer.text() };
    },

    /** A trace, when it has arrived with at least so many spans. */
    async trace(traceId: string, spanCount = 5): Promise<Trace> {
      const look = () => queryTrace(backend.queryUrl, traceId);
      await eventually(
        async () => ((await look())?.spans.length ?? 0) >= spanCount,
        `trace ${traceId} has ${spanCount} spans`,
      );
      return (await look())!;
    },

    /** All spans of stock for messages that have arrived so far. */
    async consumed(): Promise<Span[]> {
      const ids = [...backend.store.traces()].map(({ id }) => id);
      return ids
        .flatMap((id) => backend.store.trace(id)!.spans)
        .filter(({ service, kind }) => service === 'stock' && kind === 'consumer');
    },
  };
}

export type System = Awaited<ReturnType<typeof startSystem>>;

/** A channel of the test's own to the broker, until the test is over. */
export async function openChannel(
  t: { after(end: () => unknown): void },
  broker: Broker,
): Promise<ConfirmChannel> {
  const connection = await amqplib.connect(broker.url);
  t.after(() => connection.close());
  return connection.createConfirmChannel();
}

/** Publishes a message as checkout would, but with whatever headers and content. Resolves when it is confirmed. */
export function publish(
  channel: ConfirmChannel,
  message: { headers?: unknown; content?: Buffer; messageId?: string },
): Promise<void> {
  const { content = Buffer.from('{"items":[1]}'), ...properties } = message;
  return new Promise((resolve, reject) => {
    channel.publish('exchange', 'checkout.processed', content, properties, (error) =>
      error ? reject(error as Error) : resolve(),
    );
  });
}

/** The path from the root to a span, as in "gateway server POST /api/checkout". */
export function pathTo(span: Span | undefined, trace: Trace): string[] {
  if (!span) return [];
  const parent = trace.spans.find(({ spanId }) => spanId === span.parentId);
  return [...pathTo(parent, trace), `${span.service} ${span.kind} ${span.name}`];
}
