import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** The definitions of ops.proto. */
// Times are ns since 1970, and too large for a number to hold exactly. So times and durations are strings.
export const opsPackage = loadSync('ops.proto', {
  includeDirs: [import.meta.dirname],
  longs: String,
  enums: String,
  defaults: true,
  keepCase: true,
});

/** The methods of the service Ops, with their requests and responses. */
export const opsService = opsPackage['ops.v1.Ops'] as ServiceDefinition;
