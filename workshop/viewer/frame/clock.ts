import { signal } from '@preact/signals';

/** The reader's time in ms since 1970, for "12 s ago". It changes words in their place and moves nothing. */
export const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 5_000);
