import { move } from '#shared/moving-endpoint/move.ts';

// Moves the endpoint to a second trace backend and back during 1,000 calls, and shows where their spans have arrived.
await move(import.meta.dirname);
