/** npm run sizing: computes how many machines a number of spans per second needs, from measured figures. */
import { readProjectFile } from '#tools/project-files';
import { type Demand, type Figures, sizeOf } from '#tools/sizing/size';
import { sizeText } from '#tools/sizing/text';
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';

const help = `
npm run sizing -- --spans-per-second N [options]

Computes how many machines, and how much memory and disk, the chain of docs/scale.md needs: agents, Jaeger collectors,
Kafka, Jaeger ingesters, and Cassandra. npm run test:scale has measured what a span costs in each of them.

  --spans-per-second N   at the busiest time
  --keep SHARE           the share that tail sampling keeps, from 0 to 1 (0.14)
  --decision-wait S      how many seconds a collector waits for a trace to be complete (5)
  --kafka-hours H        how many hours Kafka keeps spans (6)
  --retention-days D     how many days Cassandra keeps spans (7)
  --copies N             how many copies Kafka and Cassandra keep (3)
  --cores N              the cores of a machine (16)
  --load SHARE           how much of them may be used at the busiest time, from 0 to 1 (0.5)
  --node-disk GB         how much a Cassandra node may store (1000)
  --json                 print the result as JSON
  --help                 this text
`;

/** What a flag accepts. */
interface Range {
  min: number;
  max?: number;
  whole?: boolean;
}

await main(async () => {
  const { values } = readCommandLine({
    help,
    options: {
      'spans-per-second': { type: 'string' },
      keep: { type: 'string', default: '0.14' },
      'decision-wait': { type: 'string', default: '5' },
      'kafka-hours': { type: 'string', default: '6' },
      'retention-days': { type: 'string', default: '7' },
      copies: { type: 'string', default: '3' },
      cores: { type: 'string', default: '16' },
      load: { type: 'string', default: '0.5' },
      'node-disk': { type: 'string', default: '1000' },
      json: { type: 'boolean' },
    },
  });
  if (values['spans-per-second'] === undefined)
    throw new UsageError(
      '--spans-per-second is missing: set it, as in --spans-per-second 1000000; --help lists the options.',
    );

  const numberOf = (flag: Exclude<keyof typeof values, 'json'>, { min, max = 1e12, whole }: Range) => {
    const text = values[flag]!;
    const number = Number(text);
    const isValid = /^[\d.]+(?:e\d+)?$/.test(text) && number >= min && number <= max;
    if (isValid && (!whole || Number.isInteger(number))) return number;
    const range = max < 1e12 ? `from ${min} to ${max}` : `of at least ${min}`;
    throw new UsageError(`--${flag} needs a ${whole ? 'whole ' : ''}number ${range}, not "${text}".`);
  };
  const share = { min: 0.0001, max: 1 };
  const demand: Demand = {
    spansPerSecond: numberOf('spans-per-second', { min: 1 }),
    keep: numberOf('keep', share),
    decisionWaitSeconds: numberOf('decision-wait', { min: 0 }),
    kafkaHours: numberOf('kafka-hours', { min: 0 }),
    retentionDays: numberOf('retention-days', { min: 0 }),
    copies: numberOf('copies', { min: 1, max: 9, whole: true }),
    coresPerMachine: numberOf('cores', { min: 1, max: 1_024, whole: true }),
    load: numberOf('load', share),
    diskPerNodeGB: numberOf('node-disk', { min: 1 }),
  };
  const figures = JSON.parse(await readProjectFile('bench/results/scale.json')) as Figures;
  const size = sizeOf(demand, figures);
  console.log(values.json ? JSON.stringify({ demand, ...size }, null, 2) : sizeText(demand, size));
});
