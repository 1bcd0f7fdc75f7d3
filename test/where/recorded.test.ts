/** The checks of steps 25 and 26, on recordings of real runs: `npm run test:scale` with RECORD=1 makes them again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecorded, recordedSources } from '#tools/recorded';
import { evaluate, readLesson } from '#workshop/check/check';
import type { Observation } from '#workshop/check/observation';
import { readSources } from '#workshop/check/observe';
import { readServices } from '#workshop/services/definition';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed } from '../support/observed.ts';
import { configure } from './configure.ts';

for (const step of [25, 26].map(stepNumber)) {
  test(`the recording of step ${step.number} was made with its present code and configurations`, async () => {
    assert.ok(isRecorded(step));
    assert.deepEqual(
      await recordedSources(step),
      await readSources(step.folder, await readServices(step.folder)),
    );
  });
}

const COLLECTOR = 'monitoring/collector.yaml';
const AGENT = 'monitoring/agent.yaml';
const [INGESTER, QUERY] = ['monitoring/jaeger-ingester.yaml', 'monitoring/jaeger-query.yaml'];

const others: [step: number, title: string, edit: (seen: Observation) => void][] = [
  [
    25,
    'components have names of their own',
    (seen) =>
      configure(
        seen,
        COLLECTOR,
        'memory_limiter, tail_sampling, batch',
        'memory_limiter/small, tail_sampling, batch/2',
      ),
  ],
  [
    25,
    'the queue of the exporter makes the batches',
    (seen) => {
      configure(seen, COLLECTOR, 'tail_sampling, batch]', 'tail_sampling]');
      configure(
        seen,
        COLLECTOR,
        'tls: { insecure: true } }',
        'tls: { insecure: true }, sending_queue: { batch: { flush_timeout: 200ms } } }',
      );
    },
  ],
  [
    26,
    'agents ask Kubernetes, and the exporter that is no longer used is still there',
    (seen) => {
      configure(seen, AGENT, '    routing_key: traceID\n', '');
      const dns = "dns: { hostname: jaeger-collector, port: '4317', interval: 2s }";
      configure(seen, AGENT, dns, 'k8s: { service: jaeger-collector.tracing, ports: [4317] }');
      configure(seen, AGENT, 'exporters:\n', 'exporters:\n  otlp_grpc: { endpoint: elsewhere:4317 }\n');
    },
  ],
  [
    26,
    'three copies and a quorum, defaults left out, and a chain that is not running',
    (seen) => {
      for (const file of [INGESTER, QUERY]) {
        configure(seen, file, 'replication_factor: 2', 'replication_factor: 3');
        configure(seen, file, 'cassandra:\n', 'cassandra:\n          query: { consistency: LOCAL_QUORUM }\n');
      }
      configure(seen, INGESTER, 'traces: { topic: otlp_spans, encoding: otlp_proto }', 'traces: {}');
      seen.programs.set('send-traces.ts', { stdout: ['{}'], stderr: [] });
    },
  ],
];
for (const [number, title, edit] of others) {
  test(`right configurations of step ${number} pass: ${title}`, async () => {
    const step = stepNumber(number);
    const seen = structuredClone(await observed(step));
    seen.slowness = 1;
    edit(seen);
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}
