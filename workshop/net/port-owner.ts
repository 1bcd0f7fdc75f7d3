import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readdir, readFile, readlink } from 'node:fs/promises';

const run = promisify(execFile);

/** A process that listens on a port. */
interface Owner {
  pid: string;
  name: string;
}

/**
 * The process that listens on a port, as in "node (process 4711)"; undefined if the system doesn't say. We don't use the
 * package pid-port, because on Linux it needs ss or lsof, which slim systems lack, and doesn't return a name.
 */
export async function portOwner(port: number): Promise<string | undefined> {
  const owner = (await ownersOf([port])).get(port);
  return owner && `${owner.name} (process ${owner.pid})`;
}

/** What to tell a user if a program already uses a port. `setting` is what chooses another one, such as --port. */
export async function portUsedText(port: number, setting: string): Promise<string> {
  const owner = (await portOwner(port)) ?? 'another program';
  return `Port ${port} is used by ${owner}: stop it, or choose another port with ${setting}.`;
}

/** The working folders of the processes that listen on ports, by port. Those that the system doesn't report are missing. */
export async function portOwnerFolders(ports: readonly number[]): Promise<Map<number, string>> {
  const folders = new Map<number, string>();
  for (const [port, { pid }] of await ownersOf(ports)) {
    const folder = await folderOf(pid).catch(() => undefined);
    if (folder !== undefined) folders.set(port, folder);
  }
  return folders;
}

async function folderOf(pid: string): Promise<string | undefined> {
  if (process.platform === 'linux') return readlink(`/proc/${pid}/cwd`);
  const { stdout } = await run('lsof', ['-a', '-p', pid, '-d', 'cwd', '-Fn']);
  return /^n(.+)$/m.exec(stdout)?.[1];
}

async function ownersOf(ports: readonly number[]): Promise<Map<number, Owner>> {
  const owners = new Map<number, Owner>();
  try {
    if (process.platform === 'linux') return await ownersOnLinux(ports);
    for (const port of ports) {
      const owner = await (process.platform === 'win32' ? ownerOnWindows(port) : ownerByLsof(port));
      if (owner) owners.set(port, owner);
    }
  } catch {
    // Not permitted, or the tool is missing: messages work without it.
  }
  return owners;
}

/** Reads /proc/net/tcp (proc(5)): column 1 is the local address, 3 the state (0A listens), 9 the socket's inode. */
async function ownersOnLinux(ports: readonly number[]): Promise<Map<number, Owner>> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const sockets = new Map<string, number>();
  for (const line of tables.join('\n').split('\n')) {
    const columns = line.trim().split(/\s+/);
    const port = Number.parseInt(columns[1]?.split(':')[1] ?? '', 16);
    if (columns[3] === '0A' && ports.includes(port)) sockets.set(`socket:[${columns[9]}]`, port);
  }

  const owners = new Map<number, Owner>();
  const wanted = new Set(sockets.values()).size;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (owners.size === wanted) break;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(
      descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
    );
    const found = targets.flatMap((target) => sockets.get(target) ?? []);
    if (found.length === 0) continue;
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
    for (const port of found) owners.set(port, { pid, name });
  }
  return owners;
}

async function ownerByLsof(port: number): Promise<Owner | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid && name ? { pid, name } : undefined;
}

async function ownerOnWindows(port: number): Promise<Owner | undefined> {
  const { stdout } = await run('netstat', ['-ano', '-p', 'TCP']);
  const line = stdout.split('\n').find((row) => row.includes(`:${port} `) && row.includes('LISTENING'));
  const pid = line?.trim().split(/\s+/).at(-1);
  if (!pid) return undefined;
  const tasks = await run('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  const name = /^"([^"]+)"/.exec(tasks.stdout)?.[1] ?? 'unknown';
  return { pid, name };
}
