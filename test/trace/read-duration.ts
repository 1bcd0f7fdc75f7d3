const units = { µs: 1, ms: 1e3, s: 1e6, min: 60e6, h: 3600e6 };

/** Reads the text of a duration, in µs. */
export function readDuration(text: string): number {
  const words = text.replace('−', '').split(' ');
  let us = 0;
  for (let at = 0; at < words.length; at += 2)
    us += Number(words[at]) * units[words[at + 1] as keyof typeof units];
  return text.startsWith('−') ? -us : us;
}
