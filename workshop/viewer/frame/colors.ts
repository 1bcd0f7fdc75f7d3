import { signal } from '@preact/signals';
import { serviceLooks, type ServiceLook } from '../../trace/colors.ts';

const looks = signal(new Map<string, ServiceLook>());

/** Sets the services that the backend knows, so that each of them looks the same on every page. */
export function setServices(services: Iterable<string>): void {
  const known = serviceLooks(services);
  const isSame =
    known.size === looks.value.size &&
    [...known].every(([name, look]) => classOf(look) === classOf(looks.value.get(name)));
  if (!isSame) looks.value = known;
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
