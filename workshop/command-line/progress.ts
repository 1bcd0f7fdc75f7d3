/** The last line of a terminal, which shows what the program waits for, and for how long; nothing without a terminal. */
export interface ProgressLine {
  /** Shows what the program waits for, from now on. */
  show(text: string): void;
  /** Prints a permanent line above the progress line. */
  note(text: string): void;
  /** Removes the progress line. */
  end(): void;
}

const REFRESH_MS = 100;
const CLEAR = '\r\u001b[K'; // ECMA-48, "EL": erases to the end of the line

/** Opens a progress line on stderr; the caller must end it. */
export function openProgress(stream: NodeJS.WriteStream = process.stderr): ProgressLine {
  let timer: NodeJS.Timeout | undefined;

  function end() {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    stream.write(CLEAR);
  }

  return {
    show(text) {
      end();
      if (!stream.isTTY) return;
      const since = performance.now();
      const draw = () =>
        stream.write(`${CLEAR}${text} … ${((performance.now() - since) / 1_000).toFixed(1)} s`);
      draw();
      timer = setInterval(draw, REFRESH_MS);
    },
    note(text) {
      stream.write(`${timer === undefined ? '' : CLEAR}${text}\n`);
    },
    end,
  };
}
