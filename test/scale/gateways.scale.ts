/** Two gateways with the configuration of step 25: how many traces are lost if one dies, and agents have a fixed list of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { type Configuration, startWith } from './processes.ts';
import { findPrograms } from './programs.ts';
import { type SentTrace, sendTraffic, SPANS_PER_TRACE } from '#shared/scale/traffic.ts';

const { otelcol } = findPrograms('otelcol');
const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
after(() => backend.close());
const folder = await temporaryFolder({ after });

const free = async () => `127.0.0.1:${await freePort()}`;
const addresses = [await free(), await free()];
const gateways = await Promise.all(
  addresses.map(async (address, index) => {
    const metrics = await free();
    return startWith({ after }, otelcol, {
      folder,
      name: `gateway-${index + 1}`,
      configuration: 'steps/25-through-a-collector/monitoring/collector.yaml',
      address,
      edit({ receivers, exporters }) {
        receivers.otlp.protocols.grpc.endpoint = address;
        exporters.otlp_grpc.endpoint = new URL(backend.otlpGrpcUrl).host;
        exporters.prometheus.endpoint = metrics;
      },
    });
  }),
);
/** Starts two agents with a configuration of step 26, and returns their addresses. */
async function startAgents(
  name: string,
  configuration: string,
  edit: (exporters: Configuration, index: number) => void,
): Promise<[string, string]> {
  const agents = [1, 2].map(async (number, index) => {
    const address = await free();
    return startWith({ after }, otelcol, {
      folder,
      name: `${name}-${number}`,
      configuration: `steps/26-past-one-machine/${configuration}`,
      address,
      edit({ receivers, exporters }) {
        receivers.otlp.protocols.grpc.endpoint = address;
        edit(exporters, index);
      },
    });
  });
  const [first, second] = await Promise.all(agents);
  return [first!.address, second!.address];
}

const places = await startAgents('agent', 'monitoring/agent.yaml', (exporters) => {
  exporters['load_balancing'].resolver = { static: { hostnames: addresses } };
});

const important = (traces: SentTrace[]) => traces.filter(({ kind }) => kind !== 'usual');
const storedOf = (traces: SentTrace[]) => traces.map(({ id }) => backend.store.trace(id)?.spans.length ?? 0);
const wholeOf = (traces: SentTrace[]) => storedOf(traces).filter((spans) => spans === SPANS_PER_TRACE).length;

test('with two gateways, all errors and slow traces are whole, although two agents send their parts', async () => {
  const { traces, sent } = sendTraffic(places, { traces: 1_000, perSecond: 100 });
  await sent;
  const must = important(traces);
  await eventually(() => wholeOf(must) === must.length, 'all errors and slow traces are whole');

  const kept = storedOf(traces).filter((spans) => spans > 0).length;
  console.log(
    `Two gateways: of ${traces.length} traces, ${kept} are kept, among them all ${must.length} that must be.`,
  );
  assert.equal(wholeOf(traces), kept, 'some traces are incomplete');
});

test('with the agents that step 26 begins with, the parts of a trace reach different gateways, and most are incomplete', async () => {
  const configuration = 'start/monitoring/agent.yaml';
  const apart = await startAgents('agent-of-start', configuration, (exporters, index) => {
    exporters['otlp_grpc'].endpoint = addresses[index]; // each has found another one behind the name
  });
  const { traces, sent } = sendTraffic(apart, { traces: 1_000, perSecond: 100 });
  await sent;
  const must = important(traces);
  await eventually(
    () => storedOf(must).every((spans) => spans > 0),
    'a part of each error and slow trace has arrived',
  );

  console.log(
    `Two gateways, and agents that don't choose: of ${must.length} traces that must be kept, ${wholeOf(must)} are whole.`,
  );
  assert.ok(wholeOf(must) < must.length / 2, `${wholeOf(must)} traces are whole`);
});

test('if a gateway dies, agents with a fixed list of gateways go on sending to it', async () => {
  gateways[1]!.child.kill('SIGKILL');
  await gateways[1]!.ended;
  const { traces, sent } = sendTraffic(places, { traces: 500, perSecond: 100, kindOf: () => 'error' });
  await sent;
  // Traces are decided on in order: when some of the last ones have arrived, the first 400 are over.
  await eventually(() => wholeOf(traces.slice(-50)) > 0, 'some of the last traces have arrived');

  const over = traces.slice(0, 400);
  const whole = wholeOf(over);
  console.log(`One gateway is dead: of ${over.length} traces with an error, ${whole} are whole.`);
  assert.ok(whole > 0 && whole < over.length, 'a fixed list should lose a part of the traces');
});
