import { signal } from '@preact/signals';
import { looksTogether, serviceLooks, type ServiceLook } from '../../trace/colors.ts';

const looks = signal(new Map<string, ServiceLook>());

/**
 * Sets the services on this page, and those that the backend knows: each looks the same on every page, except for the
 * marks that tell services of one color apart, which are only where they are needed.
 */
export function setServices(known: Iterable<string>, onPage: Iterable<string> = known): void {
  const next = looksTogether(onPage, known);
  const isSame =
    next.size === looks.value.size &&
    [...next].every(([name, look]) => classOf(look) === classOf(looks.value.get(name)));
  if (!isSame) looks.value = next;
}

/**
 * The classes that give an element the color of a service, as the custom property --service, and what distinguishes it
 * from other services of that color: --mark, a background image, and --stripe, a border style.
 */
export function serviceClass(service: string): string {
  return classOf(looks.value.get(service) ?? serviceLooks([service]).get(service));
}

/** Such classes for the lines of one chart: the names all look different, but are not in the colors of services. */
export function classesOf(names: Iterable<string>): Map<string, string> {
  return new Map([...serviceLooks(names)].map(([name, look]) => [name, classOf(look)]));
}

function classOf(look: ServiceLook | undefined): string {
  if (!look) return '';
  return look.mark === 0 ? `service-${look.color}` : `service-${look.color} mark-${look.mark}`;
}
