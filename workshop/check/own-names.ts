import { randomUUID } from 'node:crypto';
import type { Environment } from '../parts/part.ts';
import { deleteNames } from '../parts/rabbitmq-client.ts';
import type { Service } from '../services/definition.ts';
import type { Observation } from './observation.ts';

/**
 * Chooses names for the exchanges and queues of some services that only one check uses, so that it doesn't touch the
 * messages of other services that are running; `parts` has the address of RabbitMQ.
 */
export function ownNames(services: Service[], parts: Environment) {
  const usesMessages = services.some(({ publishes, consumes }) => publishes ?? consumes);
  if (!usesMessages) return { env: parts, hideFrom() {}, remove: async () => {} };

  const prefix = `check-${randomUUID()}.`;
  const env = { ...parts, RABBITMQ_PREFIX: prefix };
  const hide = (text: string) => text.replaceAll(prefix, '');
  return {
    env,
    /** Removes the prefix from what was observed, so that it shows the names of the lesson. */
    hideFrom({ traces, lines }: Observation) {
      for (const [name, printed] of lines) lines.set(name, printed.map(hide));
      for (const span of traces.flatMap(({ spans }) => spans)) {
        span.name = hide(span.name);
        span.statusMessage = hide(span.statusMessage);
        for (const [key, value] of Object.entries(span.attributes))
          if (typeof value === 'string') span.attributes[key] = hide(value);
      }
    },
    /** Deletes the exchanges and queues. */
    remove: () =>
      deleteNames(
        {
          queues: services.flatMap(({ consumes, deadLetters }) =>
            [consumes, deadLetters].filter((queue) => queue !== undefined),
          ),
          exchanges: services.flatMap(({ publishes }) => (publishes ? [publishes.split(':')[0]!] : [])),
        },
        env,
      ),
  };
}
