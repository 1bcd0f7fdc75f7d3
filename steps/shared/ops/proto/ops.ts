import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import descriptor, { type IDescriptorProto } from 'protobufjs/ext/descriptor/index.js';

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

// protobufjs calls the entries of the map `labels` Labels. By the specification it is LabelsEntry, and programs that use
// reflection, such as grpcurl, refuse any other name. All types share the list of files.
const { fileDescriptorProtos: files } = opsPackage['ops.v1.AlertsResp'] as MessageTypeDefinition<
  object,
  object
>;
const { FileDescriptorProto } = descriptor;
files.forEach((bytes, index) => {
  const file = FileDescriptorProto.decode(bytes) as unknown as { messageType: IDescriptorProto[] };
  file.messageType.forEach(renameEntries);
  files[index] = Buffer.from(FileDescriptorProto.encode(file).finish());
});

/** Corrects the names of the map entries in a message. */
function renameEntries({ field, nestedType }: IDescriptorProto): void {
  for (const entry of nestedType ?? []) {
    renameEntries(entry);
    if (!entry.options?.mapEntry) continue;
    for (const map of field ?? []) if (map.typeName === entry.name) map.typeName += 'Entry';
    entry.name += 'Entry';
  }
}
