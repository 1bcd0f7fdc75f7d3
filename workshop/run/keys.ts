import { emitKeypressEvents, type Key } from 'node:readline';

/** Waits for a key: Enter calls again; q, Ctrl-C, and Ctrl-D quit. Other keys have no effect. */
export function nextKey(): Promise<'again' | 'quit'> {
  const { stdin } = process;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true).resume();

  return new Promise((resolve) => {
    const listen = (_: string, key: Key) => {
      const choice = meaningOf(key);
      if (!choice) return;
      stdin.off('keypress', listen).setRawMode(false).pause();
      resolve(choice);
    };
    stdin.on('keypress', listen);
  });
}

function meaningOf({ name, ctrl }: Key): 'again' | 'quit' | undefined {
  if (name === 'return' || name === 'enter') return 'again';
  if (name === 'q' || (ctrl && (name === 'c' || name === 'd'))) return 'quit';
  return undefined;
}
