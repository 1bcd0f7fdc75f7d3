/** How many machines and how much disk a chain of agents, collectors, Kafka, ingesters, and Cassandra needs; pure. */

/** The parts of the chain in the order in which a span passes through them. */
export const partNames = ['agent', 'collector', 'kafka', 'ingester', 'cassandra'] as const;
export type PartName = (typeof partNames)[number];

/** What was measured. `npm run test:scale` prints it. */
export interface Figures {
  /** How many spans one processor core handles in a second; for Kafka and Cassandra, each copy counts. */
  spansPerCpuSecond: Record<PartName, number>;
  /** The size of a span on the way to a collector, in Kafka, and in each copy in Cassandra. */
  bytesPerSpan: Record<'otlp' | 'kafka' | 'cassandra', number>;
}

/** What a system needs. Shares are from 0 to 1. */
export interface Demand {
  /** At the busiest time. */
  spansPerSecond: number;
  /** The share of the spans that are left after tail sampling. */
  keep: number;
  /** How long a collector waits for a trace to be complete. */
  decisionWaitSeconds: number;
  /** How long Kafka keeps spans, which is how long everything after it may be down. */
  kafkaHours: number;
  retentionDays: number;
  /** How many copies of a span Kafka and Cassandra keep, each. */
  copies: number;
  coresPerMachine: number;
  /** How much of its processor a machine may use at the busiest time. */
  load: number;
  /** How much a Cassandra node may store. */
  diskPerNodeGB: number;
}

/** What one part of the chain needs. GB are 10^9 bytes. */
export interface PartSize {
  name: PartName;
  /** How many spans reach it each second. */
  spansPerSecond: number;
  /** How many cores are busy. */
  cores: number;
  /** How many machines of its own, with one more than needed, so that one can fail; none for agents. */
  machines: number;
  /** What decides how many: the processor, the disk, or the number of copies. */
  limit: 'processor' | 'disk' | 'copies';
  /** The memory of the spans that wait for a decision, over all machines. */
  waitingGB: number;
  diskGB: number;
}

export interface Size {
  parts: PartSize[];
  /** The data that reaches the collectors, in MB/s. */
  incomingMBPerSecond: number;
  /** The partitions of the topic: each of them is read by one ingester at a time. */
  partitions: number;
}

const SECONDS_PER_HOUR = 3_600;
const BYTES_PER_GB = 1e9;

/** Sizes the chain. */
export function sizeOf(demand: Demand, figures: Figures): Size {
  const { spansPerSecond, keep, copies, coresPerMachine, load } = demand;
  const { bytesPerSpan, spansPerCpuSecond } = figures;
  const kept = spansPerSecond * keep;
  const storedGB = (bytes: number, hours: number) =>
    (kept * hours * SECONDS_PER_HOUR * bytes * copies) / BYTES_PER_GB;

  const sized = (name: PartName, reaching: number, needs: Needs = {}): PartSize => {
    const { ofEach = 1, diskGB = 0, diskPerMachineGB = Infinity, waitingGB = 0, isOnOthers = false } = needs;
    const cores = (reaching * ofEach) / spansPerCpuSecond[name];
    const byLimit = {
      processor: Math.ceil(cores / (coresPerMachine * load)),
      disk: Math.ceil(diskGB / diskPerMachineGB),
      copies: ofEach - 1,
    };
    const most = Math.max(...Object.values(byLimit));
    const limit = (Object.keys(byLimit) as PartSize['limit'][]).find((each) => byLimit[each] === most)!;
    const machines = isOnOthers ? 0 : most + 1;
    return { name, spansPerSecond: reaching, cores, machines, limit, waitingGB, diskGB };
  };

  return {
    parts: [
      sized('agent', spansPerSecond, { isOnOthers: true }),
      sized('collector', spansPerSecond, {
        waitingGB: (spansPerSecond * demand.decisionWaitSeconds * bytesPerSpan.otlp) / BYTES_PER_GB,
      }),
      sized('kafka', kept, { ofEach: copies, diskGB: storedGB(bytesPerSpan.kafka, demand.kafkaHours) }),
      sized('ingester', kept),
      sized('cassandra', kept, {
        ofEach: copies,
        diskGB: storedGB(bytesPerSpan.cassandra, demand.retentionDays * 24),
        diskPerMachineGB: demand.diskPerNodeGB,
      }),
    ],
    incomingMBPerSecond: (spansPerSecond * bytesPerSpan.otlp) / 1e6,
    partitions: Math.ceil(kept / (spansPerCpuSecond.ingester * load)),
  };
}

interface Needs {
  /** How many copies of each span it handles. */
  ofEach?: number;
  diskGB?: number;
  diskPerMachineGB?: number;
  waitingGB?: number;
  /** Whether it runs on the machines of the services. */
  isOnOthers?: boolean;
}
