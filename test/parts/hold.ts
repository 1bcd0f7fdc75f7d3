/** Uses a part, prints its process and its address, and keeps it until standard input ends. */
import { parts } from '#workshop/parts/all';
import { usePart } from '#workshop/parts/use';

const part = parts.find(({ name }) => name === process.argv[2])!;
let pid: number | undefined;
const { env, stop } = await usePart(part, { onReady: (started) => (pid = started.pid) });
console.log(JSON.stringify({ pid, env }));
process.stdin.once('end', stop).resume();
