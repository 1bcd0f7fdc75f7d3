import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { embeddedPorts, findBackend, BackendPortError } from '../backend/connect.ts';
import { UserError } from '../errors.ts';
import { readServices, type Service } from '../services/definition.ts';
import { partsOf } from '../parts/all.ts';
import { describe, lookFor } from '../parts/look.ts';
import { probe } from '../services/probe.ts';
import { portInUseText } from '../services/use.ts';
import { projectFolder, tracingVariablesText } from '../settings.ts';
import { nodeFault } from './node-version.ts';
import { listSteps, type Step } from '../course/list.ts';

/** A result. `fails`: the workshop can't run; `warning`: it can, but not everything works as expected. */
export interface Finding {
  verdict: 'ok' | 'warning' | 'fails';
  text: string;
}

/** Examines one thing that the workshop needs. */
export type Examination = () => Promise<Finding[]>;

const finding =
  (verdict: Finding['verdict']) =>
  (text: string): Finding => ({ verdict, text });
const [ok, warning, fails] = [finding('ok'), finding('warning'), finding('fails')];

const NEEDED_DISK_MB = 300; // node_modules and the state folder
const NEEDED_MEMORY_MB = 700; // three processes of Node.js, and npx
const LOOPBACK = 'localhost,127.0.0.1,::1';
const COMMAND_TIMEOUT_MS = 5_000;

/**
 * All examinations of `npm run doctor`, in the order of its output. The parts that the steps of `chapter` need must be
 * available, by default those that the working copy needs.
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
    environment: examineEnvironment,
    clock: examineClock,
    disk: examineDisk,
    memory: examineMemory,
  };
}

/** Runs an examination. If it throws a UserError, that is the finding. */
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

/** Looks for packages that npm didn't install, such as devDependencies if NODE_ENV is "production". */
async function examinePackages(): Promise<Finding[]> {
  const manifest = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const missing = names.filter((name) => !existsSync(join(projectFolder, 'node_modules', name)));
  if (missing.length === 0) return [ok(`all ${names.length} packages are installed`)];
  return [
    fails(`${missing.length} of ${names.length} packages are not installed: run npm ci --include=dev.`),
  ];
}

async function examineServices(): Promise<Finding[]> {
  const services = await readServices(projectFolder);
  if (services.length === 0) return [fails('the working copy has no services: run npm run step 1.')];
  return Promise.all(services.map(examineService));
}

async function examineService(service: Service): Promise<Finding> {
  const { name, port } = service;
  if (port === undefined) return ok(`${name} needs no port`);
  const listener = await probe(service);
  if (listener === 'nothing') return ok(`port ${port} is free for ${name}`);
  if (listener === 'itself') return ok(`${name} is running at port ${port}`);
  return fails(await portInUseText(service));
}

/**
 * Examines the parts. For a part that only other steps need, it says which step needs it first.
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
  if (all.size === 0) return [ok('this chapter needs no parts')];
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

/** Looks for a running backend, or at each port where the embedded one would listen. */
async function examineBackend(): Promise<Finding[]> {
  const backend = await findBackend().catch((error) => {
    if (error instanceof BackendPortError) return undefined; // it names only the first port; all are examined below
    throw error;
  });
  if (backend) {
    const name = backend.kind === 'jaeger' ? 'Jaeger' : 'the embedded backend';
    return [ok(`${name} is running at ${backend.url}`)];
  }
  const ports = await embeddedPorts();
  const findings = ports.map(({ port, what, conflict }) =>
    conflict ? fails(conflict) : ok(`port ${port} is free for ${what}`),
  );
  if (ports.some(({ conflict }) => conflict)) return findings;
  return [...findings, ok('not running; npx tsx run.ts starts the embedded one')];
}

async function examineDocker(): Promise<Finding[]> {
  try {
    const { stdout } = await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeout: COMMAND_TIMEOUT_MS,
    });
    return [ok(`Docker ${stdout.trim()} is running; docker compose up jaeger starts Jaeger`)];
  } catch {
    return [ok('Docker is not running; the workshop does not need it')];
  }
}

async function examineEnvironment(): Promise<Finding[]> {
  const variables = tracingVariablesText();
  return [variables ? warning(variables) : ok('no variable in this shell changes what is traced')];
}

/** Whether Node.js would send requests for localhost to a proxy. The span exporter doesn't (settings.ts). */
async function examineProxy(): Promise<Finding[]> {
  const { env } = process;
  const proxy = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].find((name) => env[name]);
  // Node.js only uses a proxy if it is told to, and not all versions have the option.
  const isTold = env.NODE_USE_ENV_PROXY === '1' || env.NODE_OPTIONS?.includes('--use-env-proxy');
  const hasOption = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
  const exceptions = (env.no_proxy || env.NO_PROXY || '').split(',').map((host) => host.trim());
  if (proxy && hasOption && isTold && !exceptions.some((host) => host === '*' || host === 'localhost'))
    return [
      fails(`Node.js would send requests for localhost to the proxy in ${proxy}: set no_proxy=${LOOPBACK}.`),
    ];

  return [ok(proxy ? `the proxy in ${proxy} is not used for localhost` : 'no proxy')];
}

/** If the clock is slow, searches may miss traces, because they only look back for a limited time. */
async function examineClock(): Promise<Finding[]> {
  const { mtime } = await stat(join(projectFolder, 'package.json'));
  const now = new Date();
  if (now >= mtime) return [ok(`${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`)];
  return [
    warning(
      `the clock shows ${now.toISOString()}, which is before these files were written: set it, or searches may miss traces.`,
    ),
  ];
}

async function examineDisk(): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(projectFolder);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  if (free >= NEEDED_DISK_MB) return [ok(`${readableSize(free)} free`)];
  return [warning(`only ${free} MB free: the workshop needs up to ${NEEDED_DISK_MB} MB.`)];
}

async function examineMemory(): Promise<Finding[]> {
  const free = Math.floor((process.availableMemory?.() ?? freemem()) / 2 ** 20);
  if (free >= NEEDED_MEMORY_MB)
    return [ok(`${readableSize(free)} free, ${availableParallelism()} processors`)];
  return [
    warning(`only ${free} MB free: the workshop needs ${NEEDED_MEMORY_MB} MB, so close other programs.`),
  ];
}

function readableSize(mb: number): string {
  return mb < 1_024 ? `${mb} MB` : `${(mb / 1_024).toFixed(1)} GB`;
}
