import { failure, isApi } from './api/failure.ts';
import { addQueryApi } from './api/routes.ts';
import { addQueryApiV3 } from './api/v3-routes.ts';
import { addLogApi } from './api/log-routes.ts';
import { ParameterError } from './api/parameters.ts';
import { listen, localApp } from './local-app.ts';
import type { LoopbackListener } from '../net/loopback.ts';
import { addPages, sendNoSuchPage } from './pages/routes.ts';
import { receiveGrpc } from './receiver/grpc.ts';
import { receiveHttp } from './receiver/http.ts';
import { keep, type Kept, type KeptOptions } from './store/kept.ts';
import { type LogLimits, LogStore } from './store/log-store.ts';
import { type Limits, TraceStore } from './store/store.ts';

export { PortInUseError } from '../net/loopback.ts';

/** Port 0 means any free port. */
export interface BackendOptions {
  otlpGrpcPort?: number;
  otlpHttpPort?: number;
  queryPort?: number;
  /** Where to keep traces and log records between runs. Without it, they are gone when the backend ends. */
  kept?: KeptOptions;
  limits?: Partial<Limits>;
  logLimits?: Partial<LogLimits>;
}

/** The embedded trace backend while it runs. The URLs have no slash at the end. */
export interface Backend {
  queryUrl: string;
  otlpGrpcUrl: string;
  otlpHttpUrl: string;
  store: TraceStore;
  logs: LogStore;
  /** Stops listening and closes all open connections. */
  close(): Promise<void>;
}

/**
 * Starts the embedded backend in this process: the receivers of OTLP, the stores in memory, Jaeger's query API, and the
 * pages, all on 127.0.0.1 and ::1. The default ports are Jaeger's.
 * @throws PortInUseError if one of the ports is in use; in that case, nothing is left listening
 */
export async function startBackend(options: BackendOptions = {}): Promise<Backend> {
  const { otlpGrpcPort = 4317, otlpHttpPort = 4318, queryPort = 16686 } = options;
  const store = new TraceStore(options.limits);
  const logs = new LogStore(options.logLimits);
  let kept: Kept | undefined;
  const listeners: LoopbackListener[] = [];
  const close = async () => {
    await kept?.close(); // while no other backend can start and read what an earlier one has kept
    await Promise.all(listeners.map((listener) => listener.close()));
    await kept?.close(); // what has arrived meanwhile
  };
  const opened = (listener: LoopbackListener) => {
    listeners.push(listener);
    return `http://localhost:${listener.port}`;
  };
  try {
    const urls = {
      queryUrl: opened(await listenForQueries(store, logs, queryPort)),
      otlpGrpcUrl: opened(await receiveGrpc([store, logs], otlpGrpcPort)),
      otlpHttpUrl: opened(await receiveHttp([store, logs], otlpHttpPort)),
    };
    if (options.kept) kept = await keep({ traces: store, logs }, options.kept);
    return { ...urls, store, logs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listenForQueries(store: TraceStore, logs: LogStore, port: number): Promise<LoopbackListener> {
  const app = localApp({
    refuse: (request, reply, message) =>
      reply.statusCode === 403 || isApi(request)
        ? reply.send(failure(request, reply.statusCode, message))
        : sendNoSuchPage(reply),
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const soFar = reply.statusCode >= 400 ? reply.statusCode : undefined;
    const code = error instanceof ParameterError ? 400 : (error.statusCode ?? soFar ?? 500);
    return reply.code(code).send(failure(request, code, error.message));
  });
  app.setNotFoundHandler((request, reply) =>
    request.method === 'GET' && !isApi(request)
      ? sendNoSuchPage(reply)
      : reply.code(404).send(failure(request, 404, `there is nothing at ${request.method} ${request.url}`)),
  );
  addQueryApi(app, store, logs);
  addQueryApiV3(app, store);
  addLogApi(app, logs);
  addPages(app, store, logs);
  return listen(app, port);
}
