import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Demand, type Figures, type PartName, sizeOf } from '#tools/sizing/size';

const figures: Figures = {
  spansPerCpuSecond: { agent: 20_000, collector: 10_000, kafka: 5_000, ingester: 4_000, cassandra: 1_000 },
  bytesPerSpan: { otlp: 300, kafka: 250, cassandra: 1_000 },
};
const demand: Demand = {
  spansPerSecond: 100_000,
  keep: 0.1,
  decisionWaitSeconds: 5,
  kafkaHours: 10,
  retentionDays: 10,
  copies: 3,
  coresPerMachine: 10,
  load: 0.5,
  diskPerNodeGB: 1_000,
};

test('a size follows from the figures', () => {
  const { parts, partitions, incomingMBPerSecond } = sizeOf(demand, figures);
  const rows = parts.map(({ name, cores, machines, limit, waitingGB, diskGB }) => [
    name,
    cores,
    machines,
    limit,
    waitingGB,
    diskGB,
  ]);
  assert.deepEqual(rows, [
    ['agent', 5, 0, 'processor', 0, 0],
    ['collector', 10, 3, 'processor', 0.15, 0], // 2 machines with 5 busy cores each, and one that may fail
    ['kafka', 6, 3, 'processor', 0, 270], // 10,000 spans/s × 36,000 s × 250 bytes × 3
    ['ingester', 2.5, 2, 'processor', 0, 0],
    ['cassandra', 30, 27, 'disk', 0, 25_920], // 10,000 spans/s × 864,000 s × 1,000 bytes × 3
  ]);
  assert.equal(partitions, 5); // an ingester's core handles 2,000 spans/s if half of it is used
  assert.equal(incomingMBPerSecond, 30);
});

test('a small system still has as many machines as copies, and one more than it needs', () => {
  const { parts, partitions } = sizeOf({ ...demand, spansPerSecond: 1 }, figures);
  assert.deepEqual(
    parts.map(({ machines, limit }) => [machines, limit]),
    [
      [0, 'processor'],
      [2, 'processor'],
      [3, 'copies'],
      [2, 'processor'],
      [3, 'copies'],
    ],
  );
  assert.equal(partitions, 1);
});

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const demands: fc.Arbitrary<Demand> = fc.record({
  spansPerSecond: number(1, 1e7),
  keep: number(0.001, 1),
  decisionWaitSeconds: number(0, 60),
  kafkaHours: number(0, 72),
  retentionDays: number(0.01, 90),
  copies: fc.integer({ min: 1, max: 5 }),
  coresPerMachine: fc.integer({ min: 1, max: 128 }),
  load: number(0.1, 1),
  diskPerNodeGB: number(10, 10_000),
});
const part = (wanted: Demand, name: PartName) =>
  sizeOf(wanted, figures).parts.find((each) => each.name === name)!;

test('without one machine, each part is still fast enough and has room for everything', () => {
  fc.assert(
    fc.property(demands, (wanted) => {
      for (const { name, cores, machines, diskGB } of sizeOf(wanted, figures).parts) {
        if (name === 'agent') continue;
        const left = machines - 1;
        assert.ok(left * wanted.coresPerMachine * wanted.load >= cores * 0.999_999, name);
        if (name === 'cassandra') assert.ok(left * wanted.diskPerNodeGB >= diskGB * 0.999_999);
      }
    }),
  );
});

test('Kafka and Cassandra have a machine for each copy', () => {
  fc.assert(
    fc.property(demands, (wanted) => {
      for (const name of ['kafka', 'cassandra'] as const)
        assert.ok(part(wanted, name).machines >= wanted.copies);
    }),
  );
});

test('the disk grows in proportion to spans, share, time, and copies', () => {
  fc.assert(
    fc.property(demands, (wanted) => {
      const disk = part(wanted, 'cassandra').diskGB;
      for (const field of ['spansPerSecond', 'retentionDays', 'copies'] as const) {
        const twice = part({ ...wanted, [field]: 2 * wanted[field] }, 'cassandra').diskGB;
        assert.ok(Math.abs(twice - 2 * disk) <= 1e-9 * twice, field);
      }
    }),
  );
});

test('more spans never need fewer machines or partitions, and partitions are enough for the ingesters', () => {
  fc.assert(
    fc.property(demands, number(1, 10), (wanted, factor) => {
      const [small, large] = [wanted, { ...wanted, spansPerSecond: wanted.spansPerSecond * factor }].map(
        (each) => sizeOf(each, figures),
      );
      small!.parts.forEach(({ machines }, index) => assert.ok(large!.parts[index]!.machines >= machines));
      assert.ok(large!.partitions >= small!.partitions);
      const kept = wanted.spansPerSecond * wanted.keep;
      assert.ok(small!.partitions * figures.spansPerCpuSecond.ingester * wanted.load >= kept * 0.999_999);
    }),
  );
});
