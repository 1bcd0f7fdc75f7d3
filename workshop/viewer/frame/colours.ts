import { signal } from '@preact/signals';
import { colourIndexes } from '../../trace/colours.ts';

const indexes = signal(new Map<string, number>());

/** Says which services the backend knows: all of them have a colour of their own, so that it is the same on every page. */
export function knowServices(services: Iterable<string>): void {
  const known = colourIndexes(services);
  const isSame =
    known.size === indexes.value.size && [...known].every(([name, at]) => indexes.value.get(name) === at);
  if (!isSame) indexes.value = known;
}

/** The class that gives an element the colour of a service, as the custom property --service. */
export function serviceClass(service: string): string {
  const index = indexes.value.get(service) ?? colourIndexes([service]).get(service)!;
  return `service-${index}`;
}
