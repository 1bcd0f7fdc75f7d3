import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A way to run followers-api. */
export interface Variant {
  name: string;
  /** The folder of the service in a copy of the project. */
  folder: string;
  /** Its tracing file; undefined: untraced, so that it has no indicators either. */
  tracing?: string;
  env?: Record<string, string>;
}

const RECORDS_ALL = 'createAlwaysRecordSampler(new ParentBasedSampler({ root }))';

/** The variants, of which the first is the one to compare with. Writes a tracing file into the copy of the project. */
export async function createVariants(copy: string): Promise<Variant[]> {
  const byHand = join(copy, 'steps/16-promise-and-measure/followers-api');
  const fromSpans = join(copy, 'steps/17-indicators-from-spans/followers-api');
  const tracing = './tracing.ts';
  const tenth = { OTEL_TRACES_SAMPLER_ARG: '0.1' };
  return [
    { name: 'untraced', folder: fromSpans },
    { name: 'traced, counted by hand', folder: byHand, tracing },
    { name: 'traced, indicators from spans', folder: fromSpans, tracing },
    { name: 'the same, 10 % sampled', folder: fromSpans, tracing, env: tenth },
    {
      name: 'the same, without createAlwaysRecordSampler',
      folder: fromSpans,
      tracing: await withoutRecordAll(fromSpans),
      env: tenth,
    },
  ];
}

/** A tracing file whose processors see only what is sampled. */
async function withoutRecordAll(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'tracing.ts'), 'utf8');
  if (!text.includes(RECORDS_ALL)) throw new Error(`${folder}/tracing.ts no longer contains ${RECORDS_ALL}.`);
  const name = 'sampled-only.ts';
  await writeFile(
    join(folder, name),
    text.replace(RECORDS_ALL, RECORDS_ALL.slice('createAlwaysRecordSampler('.length, -1)),
  );
  return `./${name}`;
}
