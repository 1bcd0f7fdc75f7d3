import { rampUp } from '#workshop/run/ramp';

const USERS = ['ada', 'alan', 'barbara', 'edsger', 'grace', 'hedy', 'jean', 'margaret', 'radia', 'tim'];
const promise = { available: 0.99, fast: { share: 0.95, withinSeconds: 0.3 } };

// Sends more and more requests per second, until followers-api no longer keeps its promise.
const paths = USERS.map((user) => `/followers/${user}`);
await rampUp(import.meta.dirname, { service: 'followers-api', paths, promise });
