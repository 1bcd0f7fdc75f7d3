import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DataAccessPermissionError,
  relate,
  type RelationEvents,
  TracingEndpointRequirer,
  type Unit,
} from '#shared/tracing-endpoints/index.ts';
import { eventually } from '../support/eventually.ts';
import { transports } from './transports.ts';
import { providerUnit, requirerUnit } from './units.ts';

/** Collects what a unit emits, each as the event, the remote application, and its bag. */
function collectEvents(unit: Unit): string[] {
  const events: string[] = [];
  for (const event of ['created', 'joined', 'changed', 'broken'] satisfies (keyof RelationEvents)[]) {
    unit.on(event, ({ remoteApplication, remoteData }) => {
      events.push(`${event} ${remoteApplication} ${JSON.stringify(remoteData)}`);
    });
  }
  return events;
}

for (const [transport, createStore] of Object.entries(transports)) {
  test(`${transport}: a unit learns of each change, and only once`, async (t) => {
    const store = await createStore(t);
    const unit = requirerUnit(t, store);
    const events = collectEvents(unit);
    const until = (event: string) => eventually(() => events.includes(event), event);
    unit.start();

    const relation = relate(store, 'backend', 'bands-api');
    await until('created backend undefined');
    store.write(relation, 'provider', { n: '1' });
    await until('changed backend {"n":"1"}');
    store.write(relation, 'provider', { n: '1' }); // no change
    store.write(relation, 'requirer', { own: '1' }); // its own bag
    relate(store, 'backend', 'reviews-api'); // not its relation
    store.write(relation, 'provider', {});
    await until('changed backend {}');
    store.remove(relation);
    await until('broken backend undefined');

    assert.deepEqual(events, [
      'created backend undefined',
      'joined backend {"n":"1"}',
      'changed backend {"n":"1"}',
      'changed backend {}',
      'broken backend undefined',
    ]);
  });

  test(`${transport}: a unit that starts later learns what is there, and a closed one nothing more`, async (t) => {
    const store = await createStore(t);
    const relation = relate(store, 'backend:traces', 'bands-api:my-traces');
    store.write(relation, 'requirer', { n: '1' });
    const [closed, open] = [providerUnit(t, store), providerUnit(t, store)];
    const [eventsOfClosed, eventsOfOpen] = [collectEvents(closed), collectEvents(open)];
    const initial = [
      'created bands-api {"n":"1"}',
      'joined bands-api {"n":"1"}',
      'changed bands-api {"n":"1"}',
    ];
    closed.start();
    open.start();
    assert.deepEqual(
      open.relations('traces').map(({ id }) => id),
      [relation],
    );
    assert.deepEqual(open.relations('tracing'), []);

    closed.close();
    store.write(relation, 'requirer', { n: '2' });
    await eventually(() => eventsOfOpen.length > initial.length, 'the open one learns of the change');
    assert.deepEqual(eventsOfOpen, [...initial, 'changed bands-api {"n":"2"}']);
    assert.deepEqual(eventsOfClosed, initial);
  });

  test(`${transport}: only the leader writes, and only as long as there is a relation`, async (t) => {
    const store = await createStore(t);
    const id = relate(store, 'backend', 'bands-api');
    const [ofFollower] = requirerUnit(t, store, { isLeader: false }).relations();
    const [ofLeader] = requirerUnit(t, store).relations();

    assert.throws(() => ofFollower!.write({ n: '1' }), DataAccessPermissionError);
    assert.equal(store.read(id, 'requirer'), undefined);
    ofLeader!.write({ n: '2' });
    assert.deepEqual(ofFollower!.localData, { n: '2' });

    store.remove(id);
    store.remove(id);
    ofLeader!.write({ n: '3' });
    assert.equal(ofLeader!.localData, undefined);
    relate(store, 'backend', 'bands-api');
    assert.equal(ofLeader!.localData, undefined);
  });
}

test('an application with an invalid name is refused, and so is a relation to itself', async (t) => {
  const store = await transports['in memory']!(t);
  assert.throws(() => relate(store, '../backend', 'bands-api'), /"\.\.\/backend" can't be related/);
  assert.throws(() => relate(store, 'backend:a', 'backend:b'), /"backend:a" can't be related to itself/);
});

for (const [transport, createStore] of Object.entries(transports)) {
  test(`${transport}: a relation that is removed while its change is handled has no endpoint`, async (t) => {
    const store = await createStore(t);
    const relation = relate(store, 'backend', 'bands-api');
    const receiver = { protocol: { name: 'otlp_grpc', type: 'grpc' }, url: 'localhost:4317' };
    store.write(relation, 'provider', { receivers: JSON.stringify([receiver]) });
    const metadata = { requires: { tracing: { interface: 'tracing', limit: 1 } } };
    const unit = requirerUnit(t, store, { metadata });
    const requirer = new TracingEndpointRequirer(unit, { protocols: ['otlp_grpc'] });
    const endpoints: (string | undefined)[] = [];
    requirer.on('endpointChanged', () => {
      store.remove(relation); // as another process may do at this moment
      endpoints.push(requirer.getEndpoint('otlp_grpc'));
    });

    unit.start();
    assert.deepEqual(endpoints, [undefined]);
  });
}
