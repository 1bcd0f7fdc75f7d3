import type { Demand, PartSize, Size } from './size.ts';

const titles: Record<PartSize['name'], string> = {
  agent: 'agents',
  collector: 'Jaeger collectors',
  kafka: 'Kafka',
  ingester: 'Jaeger ingesters',
  cassandra: 'Cassandra',
};

/** A size as a table with a few sentences, for people. */
export function sizeText(demand: Demand, { parts, incomingMBPerSecond, partitions }: Size): string {
  const rows = parts.map(({ name, spansPerSecond, cores, machines, limit, waitingGB, diskGB }) => [
    titles[name],
    count(spansPerSecond),
    count(Math.ceil(cores)),
    machines === 0 ? 'those of the services' : `${count(machines)} (${limit})`,
    waitingGB > 0 ? gigabytes(waitingGB) : '',
    diskGB > 0 ? gigabytes(diskGB) : '',
  ]);
  const { spansPerSecond, keep, retentionDays, copies, coresPerMachine, load } = demand;
  return [
    `${count(spansPerSecond)} spans per second (${count(Math.round(incomingMBPerSecond))} MB/s), of which ${percent(keep)} are kept: for ${retentionDays} days, in ${copies} copies.`,
    `Machines have ${coresPerMachine} cores, use at most ${percent(load)} of them, and one of each kind may fail.`,
    '',
    ...table(['', 'spans/s', 'busy cores', 'machines (limit)', 'memory', 'disk'], rows),
    '',
    `The topic needs at least ${count(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}, because each of them is read by one ingester.`,
  ].join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => row[index]!.length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, index) =>
        index === 0 || index === 3 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

function gigabytes(number: number): string {
  if (number >= 1_000) return `${Number((number / 1_000).toPrecision(3))} TB`;
  return `${Number(number.toPrecision(3))} GB`;
}
