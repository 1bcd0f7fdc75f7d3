/** Makes several calls at a time until something is done, and returns their results. The last calls begin after that. */
export async function callUntil<T>(
  done: Promise<unknown>,
  call: () => Promise<T>,
  atOnce: number,
): Promise<T[]> {
  const results: T[] = [];
  let isDone = false;
  const caller = async () => {
    for (let isLast = false; !isLast;) {
      isLast = isDone;
      results.push(await call());
    }
  };
  await Promise.all([done.then(() => (isDone = true)), ...Array.from({ length: atOnce }, caller)]);
  return results;
}
