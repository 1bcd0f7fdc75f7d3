import { status } from '@grpc/grpc-js';

/** What a caller is told: a status of gRPC, and a sentence. */
export class Failure extends Error {
  readonly code: status;

  constructor(code: 'INVALID_ARGUMENT' | 'NOT_FOUND' | 'UNAVAILABLE', message: string) {
    super(message);
    this.code = status[code];
  }
}
