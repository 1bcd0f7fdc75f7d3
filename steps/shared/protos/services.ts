import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const files = ['checkout.proto', 'health.proto'];
const definitions = loadSync(files, { includeDirs: [import.meta.dirname], enums: String });

/** What the .proto files beside this one say: the methods of each service, with their requests and responses. */
export const checkoutService = definitions['checkout.Checkout'] as ServiceDefinition;
export const healthService = definitions['grpc.health.v1.Health'] as ServiceDefinition;
