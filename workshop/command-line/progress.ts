/** A line at the foot of a terminal that says what is waited for, and for how long; nothing where there is no terminal. */
export interface ProgressLine {
  /** Says what is waited for from now on. */
  show(text: string): void;
  /** Prints a line that stays, above the line of progress. */
  note(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const REFRESH_MS = 100;
const CLEAR = '\r\u001b[K'; // ECMA-48, "EL": erases to the end of the line

/** Opens a line of progress on stderr. Whoever opens it ends it. */
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
