import { Ajv, type JSONSchemaType, type ValidateFunction } from 'ajv';
import { DataValidationError } from './errors.ts';
import { protocolNames, protocols, type ReceiverProtocol, type TransportProtocol } from './protocols.ts';
import type { Bag } from './store.ts';

/** A receiver that a provider offers. Its name is any string: a provider may offer more than can be requested. */
export interface Receiver {
  protocol: { name: string; type: TransportProtocol };
  url: string;
}

/** What a provider publishes. */
export interface ProviderData {
  receivers: Receiver[];
}

/** A receiver as it is passed to `publishReceivers`: its protocol and its URL. */
export type RawReceiver = readonly [protocol: ReceiverProtocol, url: string];

const requestSchema: JSONSchemaType<ReceiverProtocol[]> = {
  type: 'array',
  items: { type: 'string', enum: protocolNames },
};

const receiversSchema: JSONSchemaType<Receiver[]> = {
  type: 'array',
  items: {
    type: 'object',
    required: ['protocol', 'url'],
    properties: {
      protocol: {
        type: 'object',
        required: ['name', 'type'],
        properties: { name: { type: 'string' }, type: { type: 'string', enum: ['http', 'grpc'] } },
      },
      url: { type: 'string' },
    },
  },
};

// Properties that the schemas don't list are removed: a later version of the interface may add some.
const ajv = new Ajv({ removeAdditional: 'all' });
const isRequest = ajv.compile(requestSchema);
const areReceivers = ajv.compile(receiversSchema);

/** Reads the protocols from a requirer's bag. Throws a DataValidationError if they are missing or invalid. */
export function readRequest(bag: Bag | undefined): ReceiverProtocol[] {
  return check(parseReceivers(bag), isRequest);
}

/** Reads the receivers from a provider's bag. Throws a DataValidationError if they are missing or invalid. */
export function readProviderData(bag: Bag | undefined): ProviderData {
  return { receivers: check(parseReceivers(bag), areReceivers) };
}

/** Makes a requirer's bag. Throws a DataValidationError if a protocol is unknown. */
export function requestBag(requested: readonly ReceiverProtocol[]): Bag {
  return { receivers: JSON.stringify(check(requested, isRequest)) };
}

/** Makes a provider's bag. Throws a DataValidationError if a protocol is unknown or a URL is not a string. */
export function providerBag(receivers: readonly RawReceiver[]): Bag {
  const data = receivers.map(([name, url]) => ({ protocol: { name, type: transportOf(name) }, url }));
  return { receivers: JSON.stringify(check(data, areReceivers)) };
}

function transportOf(name: ReceiverProtocol): TransportProtocol {
  if (Object.hasOwn(protocols, name)) return protocols[name].type;
  throw new DataValidationError(`Unknown protocol "${name}": use one of ${protocolNames.join(', ')}.`);
}

function parseReceivers({ receivers }: Bag = {}): unknown {
  if (receivers === undefined) throw new DataValidationError('The bag has no "receivers".');
  try {
    return JSON.parse(receivers);
  } catch (cause) {
    throw new DataValidationError(`"receivers" is not JSON: ${receivers}`, { cause });
  }
}

function check<T>(value: unknown, isValid: ValidateFunction<T>): T {
  if (isValid(value)) return value;
  const [error] = isValid.errors!;
  const allowed = error!.params.allowedValues?.join(', ');
  const rule = `${error!.message}${allowed ? `: ${allowed}` : ''}`;
  throw new DataValidationError(
    `"receivers${error!.instancePath}" ${rule}. The value is ${JSON.stringify(value)}.`,
  );
}
