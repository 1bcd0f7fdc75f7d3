import { signal } from '@preact/signals';

/** The current time in ms since 1970, for texts such as "12 s ago". */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 5_000);
