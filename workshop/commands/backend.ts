/** npm run backend: the embedded trace backend by itself. */
import { once } from 'node:events';
import { startEmbedded } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { otlpGrpcUrl, otlpHttpUrl } from '../settings.ts';

const help = `
npm run backend

Starts the trace backend that the workshop uses where no Jaeger runs: it receives spans, keeps them in memory (the
oldest traces go first) and shows them. Ctrl-C ends it, and the traces with it.

  JAEGER_URL                    where its pages and its query API are (default http://localhost:16686)
  OTEL_EXPORTER_OTLP_ENDPOINT   where it takes OTLP over gRPC (default http://localhost:4317)
  OTLP_URL                      where it takes OTLP over HTTP (default http://localhost:4318)
`;

await main(async () => {
  readCommandLine({ help, options: {} });
  const backend = await startEmbedded();
  console.log(
    `The trace backend is ready: traces at ${backend.url}, ` +
      `OTLP over gRPC at ${otlpGrpcUrl().origin} and over HTTP at ${otlpHttpUrl().origin}.`,
  );
  if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
  await backend.close();
});
