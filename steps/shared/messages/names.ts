/** What checkout and stock call the places of their messages. */
export const EXCHANGE = 'exchange';
export const ROUTING_KEY = 'checkout.processed';
export const QUEUE = 'stock-queue';
export const DEAD_LETTERS = 'stock-queue.dead-letters';
