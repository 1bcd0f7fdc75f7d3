/** The names by which checkout and stock find each other. A check sets a prefix, to keep its messages separate. */
const prefix = process.env.RABBITMQ_PREFIX ?? '';

export const EXCHANGE = `${prefix}exchange`;
export const ROUTING_KEY = 'checkout.processed';
export const QUEUE = `${prefix}stock-queue`;
export const DEAD_LETTERS = `${prefix}stock-queue.dead-letters`;
