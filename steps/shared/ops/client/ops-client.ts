import * as grpc from '@grpc/grpc-js';
import { UserError } from '#workshop/errors';
import { opsService } from '../proto/ops.ts';
import type { Methods } from '../proto/messages.ts';

const DEADLINE_MS = 10_000;
const MOST_BYTES = 64 * 2 ** 20; // of a response: the tags of a trace with many spans are more than gRPC's default of 4 MB

/** The ops service refused a call, or did not respond. */
export class OpsError extends UserError {
  /** The status of gRPC, such as NOT_FOUND or UNAVAILABLE. */
  readonly status: string;

  constructor({ code, details, metadata }: grpc.ServiceError, address: string) {
    const isResponse = metadata.get('content-type').length > 0; // and not an error of the connection
    super(
      isResponse ? details : `The ops service at ${address} doesn't respond: start it with npm run services.`,
    );
    this.status = grpc.status[isResponse ? code : grpc.status.UNAVAILABLE];
  }
}

/**
 * Asks an ops service. Every method throws an OpsError: INVALID_ARGUMENT if the request makes no sense, NOT_FOUND for an
 * unknown trace or service, UNAVAILABLE if the ops service, the trace backend, or Prometheus doesn't respond.
 * Fields of a request that are left out have the default that ops.proto gives.
 */
export class OpsClient {
  readonly #client: grpc.Client;
  readonly #address: string;

  /** `address` is a host and a port. */
  constructor(address = process.env.OPS_ADDRESS ?? `localhost:${process.env.OPS_PORT ?? 7070}`) {
    this.#address = address;
    const Client = grpc.makeClientConstructor(opsService, 'Ops');
    this.#client = new Client(address, grpc.credentials.createInsecure(), {
      'grpc.max_receive_message_length': MOST_BYTES,
    });
  }

  /** Finds traces, newest first: 20 of the last hour by default. */
  listTraces(request: Partial<Methods['ListTraces'][0]>) {
    return this.#call('ListTraces', request);
  }

  /** Shows what happened in a trace: its operations, errors, tags, duration, and the URL of its page. */
  showTrace(id: string) {
    return this.#call('ShowTrace', { id });
  }

  /** Shows the log lines and the events of a trace in chronological order. */
  showLogs(id: string) {
    return this.#call('ShowLogs', { id });
  }

  /** Changes what share of its traces a service samples. Says which instances have confirmed it within two seconds. */
  changeSampling(request: Partial<Methods['ChangeSampling'][0]>) {
    return this.#call('ChangeSampling', request);
  }

  /** Says which version each instance of a service runs. */
  deployedVersion(service: string) {
    return this.#call('DeployedVersion', { service });
  }

  /** Lists the alerts that are pending or firing. */
  alerts(request: Partial<Methods['Alerts'][0]> = {}) {
    return this.#call('Alerts', request);
  }

  /** Closes the connection. */
  close(): void {
    this.#client.close();
  }

  #call<Name extends keyof Methods>(
    name: Name,
    request: Partial<Methods[Name][0]>,
  ): Promise<Methods[Name][1]> {
    const { path, requestSerialize, responseDeserialize } = opsService[name]!;
    const deadline = Date.now() + DEADLINE_MS;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        { deadline },
        (error, response) =>
          error ? reject(new OpsError(error, this.#address)) : resolve(response as Methods[Name][1]),
      );
    });
  }
}
