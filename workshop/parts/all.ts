import { UserError } from '../errors.ts';
import type { Part } from './part.ts';
import { postgresql } from './postgresql.ts';
import { rabbitmq } from './rabbitmq.ts';

/** Every part that a service.json can name. */
export const parts: readonly Part[] = [rabbitmq, postgresql];

/** A service with the names of the parts that it needs. */
export interface NeedingService {
  name: string;
  needs: string[];
}

/** The parts that some services need, each once. Throws UserError for an unknown name. */
export function partsOf(services: NeedingService[]): Part[] {
  const names = new Set(services.flatMap((service) => service.needs));
  return [...names].map((name) => {
    const part = parts.find((one) => one.name === name);
    if (part) return part;
    const known = parts.map((one) => one.name).join(', ');
    throw new UserError(`A service.json needs "${name}", which is not a part. The parts are ${known}.`);
  });
}

/** Says what to do if a line that a service printed means that a part refuses it permanently; undefined otherwise. */
export function refusalIn(service: NeedingService, line: string): string | undefined {
  return partsOf([service])
    .map((part) => part.refusalIn?.(line))
    .find((refusal) => refusal !== undefined);
}
