import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** The definitions of ops.proto. */
// Times and durations are in ns, which is more than a number can hold exactly, so they are strings.
export const opsPackage = loadSync('ops.proto', {
  includeDirs: [import.meta.dirname],
  longs: String,
  enums: String,
  defaults: true,
  keepCase: true,
});

/** The methods of the service Ops, with their requests and responses. */
export const opsService = opsPackage['ops.v1.Ops'] as ServiceDefinition;
