import { probe } from '../services/probe.ts';
import type { UsedServices } from '../services/use.ts';
import { listed } from '../listed.ts';

const SILENCE_MS = 10_000;

/**
 * Makes a call. If there is no response after `limitMs`, passes a sentence to `say` that names the services that don't
 * respond to a health check or, if all do, the service whose URL the call used last.
 */
export async function sayIfSilent<Response>(
  makeCall: (places: Pick<UsedServices, 'urls' | 'instances'>) => Promise<Response>,
  { services, urls, instances }: Pick<UsedServices, 'services' | 'urls' | 'instances'>,
  say: (text: string) => void,
  limitMs = SILENCE_MS,
): Promise<Response> {
  let called: string | undefined;
  let isOver = false;
  const observed = <Place>(places: Record<string, Place>) =>
    new Proxy(places, {
      get(_, name: string) {
        if (name in places) called = name;
        return places[name];
      },
    });

  const timer = setTimeout(async () => {
    const withPort = services.flatMap((service) => {
      const url = urls[service.name];
      return url === undefined ? [] : [{ ...service, port: Number(new URL(url).port) }];
    });
    const listeners = await Promise.all(withPort.map((service) => probe(service)));
    const silent = withPort.filter((_, index) => listeners[index] !== 'itself').map(({ name }) => name);
    if (isOver) return;
    const who = silent.length > 0 ? listed(silent) : (called ?? 'the service');
    const verb = silent.length > 1 ? 'have' : 'has';
    const even = silent.length > 0 ? ', not even to a health check' : '';
    say(`Still waiting after ${limitMs / 1_000} s: ${who} ${verb} not responded${even}.`);
  }, limitMs);
  try {
    return await makeCall({ urls: observed(urls), instances: observed(instances) });
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
