import { UserError } from '../errors.ts';
import { alertmanager } from './alertmanager.ts';
import { collector } from './collector.ts';
import type { Part } from './part.ts';
import { postgresql } from './postgresql.ts';
import { prometheus } from './prometheus.ts';
import { rabbitmq } from './rabbitmq.ts';

/** Every part that a service.json can name, in the order in which they start: Prometheus needs Alertmanager's address. */
export const parts: readonly Part[] = [rabbitmq, postgresql, alertmanager, prometheus, collector];

/** A service with the names of the parts that it needs. */
export interface NeedingService {
  name: string;
  needs: string[];
}

/** The parts that some services need, each once, in the order of `parts`. Throws UserError for an unknown name. */
export function partsOf(services: NeedingService[]): Part[] {
  const names = new Set(services.flatMap((service) => service.needs));
  const known = parts.map(({ name }) => name);
  const unknown = [...names].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      `A service.json needs "${unknown}", which is not a part. The parts are ${known.join(', ')}.`,
    );
  }
  return parts.filter(({ name }) => names.has(name));
}

/** Says what to do if a line that a service printed means that a part refuses it permanently; undefined otherwise. */
export function refusalIn(service: NeedingService, line: string): string | undefined {
  return partsOf([service])
    .map((part) => part.refusalIn?.(line))
    .find((refusal) => refusal !== undefined);
}
