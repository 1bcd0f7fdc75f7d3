/**
 * A trace backend that keeps spans in memory, and prints its port and then a line for each span that it keeps: the ids of
 * the trace and of the span, and the name of the service. It writes at once, so that nothing is missing if it is killed.
 */
import { writeSync } from 'node:fs';
import { receiveGrpc } from '#workshop/backend/receiver/grpc';
import { TraceStore } from '#workshop/backend/store/store';

const STDOUT = 1;

const store = new TraceStore();
const printed = new Map<string, number>(); // how many spans of a trace

const { port } = await receiveGrpc(
  [
    {
      signal: store.signal,
      add(message) {
        const added = store.add(message);
        for (const { id, spans } of store.traces()) {
          const lines = spans
            .slice(printed.get(id))
            .map((span) => `${id} ${span.spanId} ${span.group.service}\n`);
          printed.set(id, spans.length);
          if (lines.length > 0) writeSync(STDOUT, lines.join(''));
        }
        return added;
      },
    },
  ],
  0,
);
writeSync(STDOUT, `${port}\n`);

// Exit when the process that started this one has exited, for any reason.
process.stdin.once('end', () => process.exit()).resume();
