import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  publishRequested,
  type ReceiverProtocol,
  relate,
  type RelationStore,
  TracingEndpointProvider,
  TracingEndpointRequirer,
} from '#shared/tracing-endpoints/index.ts';
import { eventually } from '../support/eventually.ts';
import { transports } from './transports.ts';
import { collectLog, providerUnit, requirerUnit } from './units.ts';

/** Starts a requirer, and returns what it knows of each endpoint, as `name url`, sorted. */
function startRequirer(
  t: TestContext,
  store: RelationStore,
  application: string,
  protocols: ReceiverProtocol[],
) {
  const unit = requirerUnit(t, store, { application });
  const requirer = new TracingEndpointRequirer(unit, { protocols });
  let endpoints = '';
  requirer.on('endpointChanged', ({ receivers }) => (endpoints = receivers.map(({ url }) => url).join(' ')));
  requirer.on('endpointRemoved', () => (endpoints = 'removed'));
  unit.start();
  return (wanted: string) => eventually(() => endpoints === wanted, `${application} knows ${wanted}`);
}

for (const [transport, createStore] of Object.entries(transports)) {
  test(`${transport}: a provider publishes what its requirers request, as long as they do`, async (t) => {
    const store = await createStore(t);
    const log = collectLog();
    const unit = providerUnit(t, store, { log });
    const receivers = {
      address: { host: 'localhost' },
      ports: { zipkin: 9411, otlp_http: 4318, otlp_grpc: 4317 },
    };
    const publish = publishRequested(new TracingEndpointProvider(unit), receivers);
    unit.start();

    const bands = startRequirer(t, store, 'bands-api', ['otlp_grpc', 'jaeger_grpc']);
    relate(store, 'backend', 'bands-api'); // after both have started
    await bands('localhost:4317 http://localhost:4318');

    const relation = relate(store, 'backend', 'reviews-api');
    const reviews = startRequirer(t, store, 'reviews-api', ['zipkin']);
    await bands('localhost:4317 http://localhost:4318 http://localhost:9411');
    await reviews('localhost:4317 http://localhost:4318 http://localhost:9411');

    const invalid = relate(store, 'backend', 'old-api');
    store.write(invalid, 'requirer', { protocols: '["otlp_grpc"]' });
    await eventually(() => log.lines.length > 0, 'the provider warns');
    assert.deepEqual(log.lines, ['old-api has published no valid request. The bag has no "receivers".']);

    store.remove(relation);
    await reviews('removed');
    await bands('localhost:4317 http://localhost:4318');

    receivers.ports.otlp_grpc = 14317;
    publish();
    await bands('localhost:14317 http://localhost:4318');
  });

  test(`${transport}: a requirer says why it has no endpoint`, async (t) => {
    const store = await createStore(t);
    const log = collectLog();
    const unit = requirerUnit(t, store, { log });
    const requirer = new TracingEndpointRequirer(unit);
    let removals = 0;
    requirer.on('endpointRemoved', () => removals++);
    unit.start();

    const id = relate(store, 'backend', 'bands-api');
    store.write(id, 'provider', { receivers: '[{"protocol":{"name":"zipkin","type":"tcp"},"url":"h:1"}]' });
    await eventually(() => removals === 1, 'the invalid endpoint is removed');
    assert.deepEqual(log.lines, [
      'backend offers no endpoint. "receivers/0/protocol/type" must be equal to one of the allowed values: http, grpc. ' +
        'The value is [{"protocol":{"name":"zipkin","type":"tcp"},"url":"h:1"}].',
    ]);
  });
}

test('a follower of a provider leaves the publishing to the leader', async (t) => {
  const store = await transports['in memory']!(t);
  const id = relate(store, 'backend', 'bands-api');
  store.write(id, 'requirer', { receivers: '["otlp_grpc"]' });
  for (const isLeader of [false, true]) {
    const unit = providerUnit(t, store, { isLeader });
    publishRequested(new TracingEndpointProvider(unit), {
      address: { host: 'localhost' },
      ports: { otlp_grpc: 4317 },
    });
    unit.start();
    assert.equal(store.read(id, 'provider') !== undefined, isLeader);
  }
});
