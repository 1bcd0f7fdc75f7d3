import Fastify from 'fastify';
import { linkFor } from './link.ts';

/** An alert as Alertmanager sends it (Alertmanager documentation, "Webhook"). */
export interface Alert {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

const BELL = '\x07'; // a terminal makes a sound

/** Builds the pager without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify();

  app.get('/health', async () => ({ service: 'pager' }));

  app.post<{ Body: { alerts: Alert[] } }>('/alerts', async ({ body: { alerts } }, reply) => {
    for (const text of await Promise.all(alerts.map(textOf))) console.log(text);
    return reply.code(204).send();
  });

  return app;
}

async function textOf(alert: Alert): Promise<string> {
  const name = alert.labels['alertname'];
  const since = new Date(alert.startsAt);
  if (alert.status === 'resolved') {
    const seconds = Math.round((Date.parse(alert.endsAt) - since.getTime()) / 1_000);
    const { instance, job } = alert.labels;
    return `resolved ${name} of ${instance ?? job} after ${seconds} s`;
  }
  const { summary } = alert.annotations;
  return `${BELL}firing ${name} since ${since.toLocaleTimeString('en-GB')}: ${summary} ${await linkFor(alert)}`;
}
