/** npm run backend: starts only the embedded trace backend. */
import { startEmbedded } from '../backend/connect.ts';
import { aborted, interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { inTurn, sayWaiting } from '../services/turn.ts';
import { otlpGrpcUrl, otlpHttpUrl } from '../settings.ts';

const help = `
npm run backend [-- --forget]

Starts the trace backend that the workshop uses if Jaeger isn't running. It receives spans, stores them in memory, and
shows them; when the memory limit is reached, it deletes the oldest traces. Ctrl-C stops it. The newest traces are kept in
.workshop/ for the next time. npx tsx run.ts and npm run services use the same traces.

  --forget   delete the traces of earlier runs first

  JAEGER_URL                    the URL of its pages and its query API (default http://localhost:16686)
  OTEL_EXPORTER_OTLP_ENDPOINT   the URL for OTLP over gRPC (default http://localhost:4317)
  OTLP_URL                      the URL for OTLP over HTTP (default http://localhost:4318)
`;

await main(async () => {
  const { values } = readCommandLine({ help, options: { forget: { type: 'boolean' } } });
  const backend = await inTurn(() => startEmbedded(values), {
    onWaiting: sayWaiting,
    signal: interruption.signal,
  });
  console.log(
    `The trace backend is ready: traces at ${backend.url}, ` +
      `OTLP over gRPC at ${otlpGrpcUrl().origin} and over HTTP at ${otlpHttpUrl().origin}.`,
  );
  await aborted(interruption.signal);
  await backend.close();
});
