import { signal } from '@preact/signals';
import { serviceLooks, type ServiceLook } from '../../trace/colours.ts';

const looks = signal(new Map<string, ServiceLook>());

/** Says which services the backend knows: each of them has a look of its own, so that it is the same on every page. */
export function setServices(services: Iterable<string>): void {
  const known = serviceLooks(services);
  const isSame =
    known.size === looks.value.size &&
    [...known].every(([name, look]) => classOf(look) === classOf(looks.value.get(name)));
  if (!isSame) looks.value = known;
}

/**
 * The classes that give an element the colour of a service, as the custom property --service, and what tells it from
 * another service of that colour: --mark, an image for its background, and --stripe, the style of a border.
 */
export function serviceClass(service: string): string {
  return classOf(looks.value.get(service) ?? serviceLooks([service]).get(service));
}

function classOf(look: ServiceLook | undefined): string {
  if (!look) return '';
  return look.mark === 0 ? `service-${look.colour}` : `service-${look.colour} mark-${look.mark}`;
}
