/**
 * Serves apps on free ports, in a process of its own: each argument is the path of an app.ts. Sends their ports to the
 * parent process, and ends with it.
 */
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';

const ports: number[] = [];
for (const file of process.argv.slice(2)) {
  const { buildApp } = (await import(pathToFileURL(file).href)) as { buildApp: () => FastifyInstance };
  const app = buildApp();
  await app.listen({ host: 'localhost', port: 0 });
  ports.push((app.server.address() as AddressInfo).port);
}
process.send!(ports);
process.once('disconnect', () => process.exit());
