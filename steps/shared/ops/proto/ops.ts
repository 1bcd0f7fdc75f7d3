import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

// Times and durations are in ns, which is more than a number can hold exactly, so they are strings.
const definitions = loadSync('ops.proto', {
  includeDirs: [import.meta.dirname],
  longs: String,
  enums: String,
  defaults: true,
  keepCase: true,
});

/** The methods of the service Ops, with their requests and responses. */
export const opsService = definitions['ops.v1.Ops'] as ServiceDefinition;
