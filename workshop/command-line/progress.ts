const REFRESH_MS = 100;
const CLEAR = '\r\u001b[K'; // ECMA-48, "EL": erases to the end of the line

/**
 * Opens the last line of a terminal, which shows what the program waits for, and for how long; nothing without a terminal.
 * It is on stderr, and the caller must end it.
 */
export function openProgress(stream: NodeJS.WriteStream = process.stderr) {
  let timer: NodeJS.Timeout | undefined;

  /** Removes the progress line. */
  function end() {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    stream.write(CLEAR);
  }

  return {
    /** Shows what the program waits for, from now on. */
    show(text: string) {
      end();
      if (!stream.isTTY) return;
      const since = performance.now();
      const draw = () =>
        stream.write(`${CLEAR}${text} … ${((performance.now() - since) / 1_000).toFixed(1)} s`);
      draw();
      timer = setInterval(draw, REFRESH_MS);
    },
    /** Prints a permanent line above the progress line. */
    note(text: string) {
      stream.write(`${timer === undefined ? '' : CLEAR}${text}\n`);
    },
    end,
  };
}
