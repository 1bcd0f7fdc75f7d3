import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { MalformedError } from '../otlp/arrival.ts';
import type { LogStore } from './log-store.ts';
import type { TraceStore } from './store.ts';

/** What a backend keeps when it ends. `close` writes it if anything has arrived, now or, if it is called again, since then. */
export interface Kept {
  close(): Promise<void>;
}

/** The maximum size of a file, in bytes. */
const MAX_BYTES = 16 * 1024 * 1024;
const SAVE_EVERY_MS = 5_000;

/**
 * The files in a folder, in the encoding of OTLP: a TracesData and a LogsData message (opentelemetry-proto, trace.proto and
 * logs.proto), which have the same fields as the requests.
 */
const files = { traces: 'traces.binpb', logs: 'logs.binpb' };

export interface KeptOptions {
  folder: string;
  /** Whether to delete what earlier backends have kept there. */
  forget: boolean;
  /** Called with a sentence if something can't be read or written. */
  say: (sentence: string) => void;
}

/**
 * Fills the stores with what an earlier backend has kept in a folder, and keeps the newest traces and log records there
 * from now on: every few seconds, and at the end. A file that can't be read is put aside.
 */
export async function keep(
  stores: { traces: TraceStore; logs: LogStore },
  { folder, forget, say }: KeptOptions,
): Promise<Kept> {
  const keepers = await Promise.all(
    (['traces', 'logs'] as const).map(async (name) => {
      const file = join(folder, files[name]);
      if (forget) await rm(file, { force: true });
      const isReadable = forget || (await load(file, stores[name], say));
      return isReadable ? keepStore(file, stores[name], say) : { close: async () => {} };
    }),
  );
  return { close: async () => void (await Promise.all(keepers.map((keeper) => keeper.close()))) };
}

function keepStore(file: string, store: TraceStore | LogStore, say: (text: string) => void): Kept {
  let saved = store.status().accepted;
  let saving = Promise.resolve();
  let canSave = true;

  function save() {
    const { accepted } = store.status();
    if (accepted === saved || !canSave) return saving;
    saved = accepted;
    const bytes = store.encode(MAX_BYTES);
    return (saving = saving
      .then(() => write(file, bytes))
      .catch((error) => {
        canSave = false;
        say(`The ${store.signal.itemName}s can't be kept for the next run: ${messageOf(error)}`);
      }));
  }

  const timer = setInterval(save, SAVE_EVERY_MS).unref();
  return {
    close() {
      clearInterval(timer);
      return save();
    },
  };
}

/** Adds what is in a file to a store; false if the system can't read it, so that it must not be replaced. */
async function load(
  file: string,
  store: TraceStore | LogStore,
  say: (text: string) => void,
): Promise<boolean> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    say(`The ${store.signal.itemName}s of earlier runs can't be read: ${messageOf(error)}`);
    return false;
  }
  try {
    store.add(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    await rename(file, `${file}.damaged`);
    say(
      `The ${store.signal.itemName}s of earlier runs can't be read (${messageOf(error)}): see ${file}.damaged.`,
    );
  }
  return true;
}

/** Replaces a file in one step, so that it is complete even if the process is killed meanwhile. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
