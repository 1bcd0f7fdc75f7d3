import { parts } from '#workshop/parts/all';
import { lookFor } from '#workshop/parts/look';

/**
 * For a test's `skip`: why one of the parts with these names is not there, and how to get it; false if all are. Where
 * everything should be there, it is a failure.
 */
export async function partMissing(...names: string[]): Promise<string | false> {
  const needed = parts.filter(({ name }) => names.includes(name));
  const found = await Promise.all(needed.map((part) => lookFor(part)));
  const reason = found.flatMap((one) => ('missing' in one ? [one.missing] : []))[0];
  if (reason !== undefined && process.env.CI === 'true') throw new Error(reason);
  return reason ?? false;
}
