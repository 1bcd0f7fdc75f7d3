import { balance } from '#shared/trace-balancer/balance.ts';

// Kills one of two trace backends behind a balancer during 1,000 calls, and shows where their spans have arrived.
await balance(import.meta.dirname);
