import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embeddedPorts, findBackend, PortHeldError } from '../backend/connect.ts';
import { UserError } from '../errors.ts';
import { readServices, type Service } from '../services/definition.ts';
import { partsOf } from '../parts/all.ts';
import { describe, lookFor } from '../parts/look.ts';
import { portOwner } from '../net/port-owner.ts';
import { probe } from '../services/probe.ts';
import { projectFolder } from '../settings.ts';
import { nodeFault } from './node-version.ts';
import { listSteps, type Step } from '../course/list.ts';

/** What was found. `fails`: the workshop cannot run like this; `odd`: it can, but something will surprise. */
export interface Finding {
  verdict: 'ok' | 'odd' | 'fails';
  text: string;
}

/** Looks at one thing the workshop needs. */
export type Examination = () => Promise<Finding[]>;

const NEEDED_DISK_MB = 300; // node_modules and what the state folder grows to
const NEEDED_MEMORY_MB = 700; // three processes of Node.js, and npx
const LOOPBACK = 'localhost,127.0.0.1,::1';
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * Everything that `npm run doctor` looks at, in the order in which it is shown. `chapter` holds the steps whose parts
 * have to be there; without it, those of the working copy do.
 */
export function examinations(chapter?: Step[]): Record<string, Examination> {
  return {
    node: examineNode,
    packages: examinePackages,
    services: examineServices,
    parts: () => examineParts(chapter),
    'trace backend': examineBackend,
    docker: examineDocker,
    proxy: examineProxy,
    clock: examineClock,
    disk: examineDisk,
    memory: examineMemory,
  };
}

/** Does an examination; where it cannot be done at all, why is what it found. */
export async function findingsOf(examine: Examination): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    if (error instanceof UserError) return [fails(error.message)];
    throw error;
  }
}

async function examineNode(): Promise<Finding[]> {
  const fault = nodeFault();
  return [fault ? fails(fault) : ok(`Node.js ${process.version}`)];
}

/** Looks for packages that npm left out, as it does with devDependencies where NODE_ENV is "production". */
async function examinePackages(): Promise<Finding[]> {
  const manifest = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const missing = names.filter((name) => !existsSync(join(projectFolder, 'node_modules', name)));
  if (missing.length === 0) return [ok(`all ${names.length} are installed`)];
  return [fails(`${missing.length} of ${names.length} are not installed: run npm ci --include=dev.`)];
}

async function examineServices(): Promise<Finding[]> {
  const services = await readServices(projectFolder);
  if (services.length === 0)
    return [fails('there are none in the working copy: npm run step 1 puts some there.')];
  return Promise.all(services.map(examineService));
}

async function examineService(service: Service): Promise<Finding> {
  const { name, port, portVariable } = service;
  if (port === undefined) return ok(`${name} needs no port`);
  const listener = await probe(service);
  if (listener === 'nothing') return ok(`port ${port} is free for ${name}`);
  if (listener === 'itself') return ok(`${name} runs at port ${port}`);
  const owner = (await portOwner(port)) ?? 'another program';
  return fails(`port ${port} is meant for ${name} but held by ${owner}: end that, or set ${portVariable}.`);
}

/**
 * The parts that the steps of a chapter need have to be available, or those that the working copy needs if no chapter
 * is given. For parts that only other steps need, it says which step needs them first.
 */
async function examineParts(chapter?: Step[]): Promise<Finding[]> {
  const steps = await Promise.all(
    (chapter ?? (await listSteps())).map(async ({ number, folder }) => ({
      number,
      parts: partsOf(await readServices(folder)),
    })),
  );
  const needed = chapter ? steps.flatMap(({ parts }) => parts) : partsOf(await readServices(projectFolder));
  const all = new Set([...needed, ...steps.flatMap(({ parts }) => parts)]);
  if (all.size === 0) return [ok('this chapter needs none')];
  return Promise.all(
    [...all].map(async (part) => {
      const found = await lookFor(part);
      const text = describe(part, found);
      if (!('missing' in found)) return ok(text);
      if (needed.includes(part)) return fails(text);
      const first = steps.find(({ parts }) => parts.includes(part))!.number;
      return ok(`${text} (needed from step ${first})`);
    }),
  );
}

/** A backend that answers, or each port at which the embedded one would listen. */
async function examineBackend(): Promise<Finding[]> {
  const backend = await findBackend().catch((error) => {
    if (error instanceof PortHeldError) return undefined; // it names the first one only; all are looked at below
    throw error;
  });
  if (backend) {
    const name = backend.kind === 'jaeger' ? 'Jaeger' : 'the embedded backend';
    return [ok(`${name} answers at ${backend.url}`)];
  }
  const ports = await embeddedPorts();
  const findings = ports.map(({ port, what, fault }) =>
    fault ? fails(fault) : ok(`port ${port} is free for ${what}`),
  );
  if (ports.some(({ fault }) => fault)) return findings;
  return [...findings, ok('none runs; npx tsx run.ts starts the embedded one')];
}

async function examineDocker(): Promise<Finding[]> {
  try {
    const { stdout } = await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeout: COMMAND_TIMEOUT_MS,
    });
    return [ok(`Docker ${stdout.trim()} runs; docker compose up jaeger starts a Jaeger`)];
  } catch {
    return [ok('no Docker, and none is needed')];
  }
}

/** Whether Node.js would ask a proxy for what runs on this machine; what sends the spans is told not to (settings.ts). */
async function examineProxy(): Promise<Finding[]> {
  const { env } = process;
  const proxy = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].find((name) => env[name]);
  // Node.js asks one only if it is told to, and some versions cannot be told.
  const told = env.NODE_USE_ENV_PROXY === '1' || env.NODE_OPTIONS?.includes('--use-env-proxy');
  const canBeTold = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(',').map((host) => host.trim());
  if (proxy && canBeTold && told && !exceptions.some((host) => host === '*' || host === 'localhost'))
    return [fails(`Node.js would ask the proxy in ${proxy} for localhost: set no_proxy=${LOOPBACK}.`)];

  return [ok(proxy ? `the proxy in ${proxy} is not asked for localhost` : 'none is asked for localhost')];
}

/** A clock that is behind makes traces look older than the look-back of a search. */
async function examineClock(): Promise<Finding[]> {
  const { mtime } = await stat(join(projectFolder, 'package.json'));
  const now = new Date();
  if (now >= mtime) return [ok(`${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`)];
  return [
    odd(
      `the clock says ${now.toISOString()}, before these files were written: set it, or searches miss traces.`,
    ),
  ];
}

async function examineDisk(): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(projectFolder);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free >= NEEDED_DISK_MB) return [ok(`${readableSize(free)} free`)];
  return [odd(`only ${free} MB free: the workshop takes up to ${NEEDED_DISK_MB} MB.`)];
}

async function examineMemory(): Promise<Finding[]> {
  const free = Math.floor((process.availableMemory?.() ?? freemem()) / 2 ** 20);
  if (free >= NEEDED_MEMORY_MB)
    return [ok(`${readableSize(free)} free, ${availableParallelism()} processors`)];
  return [odd(`only ${free} MB free: it runs with ${NEEDED_MEMORY_MB} MB, so close something large.`)];
}

function readableSize(mb: number): string {
  return mb < 1_024 ? `${mb} MB` : `${(mb / 1_024).toFixed(1)} GB`;
}

function ok(text: string): Finding {
  return { verdict: 'ok', text };
}

function odd(text: string): Finding {
  return { verdict: 'odd', text };
}

function fails(text: string): Finding {
  return { verdict: 'fails', text };
}
