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
  const owner = await ownerOf(port);
  return owner && `${owner.name} (process ${owner.pid})`;
}

/** The working folder of the process that listens on a port; undefined if the system doesn't say. */
export async function portOwnerFolder(port: number): Promise<string | undefined> {
  const owner = await ownerOf(port);
  if (!owner) return undefined;
  try {
    if (process.platform === 'linux') return await readlink(`/proc/${owner.pid}/cwd`);
    const { stdout } = await run('lsof', ['-a', '-p', owner.pid, '-d', 'cwd', '-Fn']);
    return /^n(.+)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function ownerOf(port: number): Promise<Owner | undefined> {
  try {
    if (process.platform === 'linux') return await ownerOnLinux(port);
    if (process.platform === 'win32') return await ownerOnWindows(port);
    return await ownerByLsof(port);
  } catch {
    return undefined; // not permitted, or the tool is missing: messages work without it
  }
}

/** Reads /proc/net/tcp (proc(5)): column 1 is the local address, 3 the state (0A listens), 9 the socket's inode. */
async function ownerOnLinux(port: number): Promise<Owner | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set<string>();
  for (const line of tables.join('\n').split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1]?.endsWith(`:${hexPort}`) && columns[3] === '0A') sockets.add(`socket:[${columns[9]}]`);
  }

  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(
      descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
    );
    if (!targets.some((target) => sockets.has(target))) continue;
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
    return { pid, name };
  }
  return undefined;
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
