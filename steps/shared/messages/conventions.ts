import {
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM_NAME,
  ATTR_RABBITMQ_DESTINATION_ROUTING_KEY,
  MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
  MESSAGING_OPERATION_TYPE_VALUE_SEND,
  MESSAGING_SYSTEM_NAME_VALUE_RABBITMQ,
} from '@opentelemetry/semantic-conventions/incubating';
import { QUEUE } from './names.ts';

// https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/

interface Address {
  exchange: string;
  routingKey: string;
}

/** The name and the attributes of a span for publishing a message. */
export function describePublish({ exchange, routingKey }: Address) {
  return describe('publish', `${exchange}:${routingKey}`, {
    [ATTR_MESSAGING_OPERATION_TYPE]: MESSAGING_OPERATION_TYPE_VALUE_SEND,
    [ATTR_RABBITMQ_DESTINATION_ROUTING_KEY]: routingKey,
  });
}

/** The name and the attributes of a span for processing a message from the queue. */
export function describeProcess(message: { fields: Address; properties: { messageId?: string } }) {
  const { exchange, routingKey } = message.fields;
  return describe('process', `${exchange}:${routingKey}:${QUEUE}`, {
    [ATTR_MESSAGING_OPERATION_TYPE]: MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
    [ATTR_RABBITMQ_DESTINATION_ROUTING_KEY]: routingKey,
    [ATTR_MESSAGING_MESSAGE_ID]: message.properties.messageId,
  });
}

function describe(operation: string, destination: string, others: Record<string, string | undefined>) {
  const attributes = {
    [ATTR_MESSAGING_SYSTEM_NAME]: MESSAGING_SYSTEM_NAME_VALUE_RABBITMQ,
    [ATTR_MESSAGING_OPERATION_NAME]: operation,
    [ATTR_MESSAGING_DESTINATION_NAME]: destination,
    ...others,
  };
  return { name: `${operation} ${destination}`, attributes };
}
