import { compare } from '#shared/fleet/compare.ts';
import * as methods from './percentiles.ts';

// Compares every function that percentiles.ts exports with the exact value.
compare(methods);
