import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const files = ['checkout.proto', 'health.proto'];
const definitions = loadSync(files, { includeDirs: [import.meta.dirname], enums: String });

/** The services of the .proto files in this folder: their methods, with requests and responses. */
export const checkoutService = definitions['checkout.Checkout'] as ServiceDefinition;
export const healthService = definitions['grpc.health.v1.Health'] as ServiceDefinition;
