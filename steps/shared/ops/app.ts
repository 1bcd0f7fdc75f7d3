import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath } from 'grpc-health-check';
import { pino } from 'pino';
import { Prometheus } from '#workshop/backend/indicators/prometheus';
import { TraceBackend } from './internal/backend.ts';
import { Failure } from './internal/failure.ts';
import { alerts, deployedVersion } from './internal/monitoring.ts';
import { Sampling } from './internal/sampling.ts';
import { listTraces, showLogs } from './internal/traces.ts';
import { opsPackage, opsService } from './proto/ops.ts';
import type { Methods, ShowTraceReq, ShowTraceResp } from './proto/messages.ts';
import { buildStrategies } from './strategies.ts';

export const log = pino();

/** Where the ops service finds what it is asked about. URLs have no slash at the end. */
export interface OpsConfig {
  tracesUrl: string;
  prometheusUrl: string;
  /** Services that ask how much to sample, even if Prometheus knows no instance of them. */
  sampledServices: readonly string[];
}

/** The method that step 20 adds. Without it, the service responds with UNIMPLEMENTED. */
export interface AddedMethods {
  ShowTrace?: (backend: TraceBackend, request: ShowTraceReq) => Promise<ShowTraceResp>;
}

/** Builds the ops service without listening: a gRPC server, and the strategies for services that ask how much to sample. */
export function buildOps(
  { tracesUrl, prometheusUrl, sampledServices }: OpsConfig,
  { ShowTrace }: AddedMethods,
) {
  const backend = new TraceBackend(tracesUrl);
  const prometheus = new Prometheus(prometheusUrl);
  const sampling = new Sampling(sampledServices);
  const audit = (line: object) => log.info(line, 'sampling changed');

  const server = new grpc.Server();
  new HealthImplementation({ ops: 'SERVING' }).addToServer(server);
  new ReflectionService({ ...opsPackage, ...loadSync(protoPath) }).addToServer(server);
  server.addService(opsService, {
    ListTraces: unary<'ListTraces'>((request) => listTraces(backend, request)),
    ...(ShowTrace && { ShowTrace: unary<'ShowTrace'>((request) => ShowTrace(backend, request)) }),
    ShowLogs: unary<'ShowLogs'>((request) => showLogs(backend, request)),
    ChangeSampling: unary<'ChangeSampling'>((request) => sampling.change(prometheus, request, audit)),
    DeployedVersion: unary<'DeployedVersion'>((request) => deployedVersion(prometheus, request)),
    Alerts: unary<'Alerts'>((request) => alerts(prometheus, request)),
  });
  return { server, sampling, strategies: buildStrategies(sampling) };
}

/** Responds with the result of the work, or with its Failure. Any other error is a bug of this service, and is logged. */
function unary<Name extends keyof Methods>(
  work: (request: Methods[Name][0]) => Promise<Methods[Name][1]>,
): grpc.handleUnaryCall<Methods[Name][0], Methods[Name][1]> {
  return async ({ request }, respond) => {
    try {
      respond(null, await work(request));
    } catch (error) {
      if (error instanceof Failure) return respond({ code: error.code, details: error.message });
      log.error(error, 'the ops service failed');
      respond({ code: grpc.status.INTERNAL, details: 'The ops service failed: see its log.' });
    }
  };
}
