import type { TestContext } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { isolatedEnvironment } from '../support/environment.ts';

/** Free ports, a state folder, and the given variables for RabbitMQ, for one test. */
export async function checkoutEnvironment(t: TestContext, rabbitmq: Record<string, string>) {
  const { env, ports } = await isolatedEnvironment(t);
  const gateway = await freePort();
  const checkout = await freePort();
  return {
    env: { ...env, ...rabbitmq, GATEWAY_PORT: String(gateway), CHECKOUT_PORT: String(checkout) },
    ports: { ...ports, gateway, checkout },
  };
}
