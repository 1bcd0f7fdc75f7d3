import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  joinBoard,
  leaveBoard,
  readInvitation,
  readMembership,
  reportCheck,
} from '#workshop/board/membership';
import { newRoom, readRoom } from '#workshop/board/room';
import { startBoard } from '#workshop/board/server';
import { openCourse } from '#workshop/course/course';
import { projectFolder } from '#workshop/settings';
import type { BoardResponse } from '#workshop/trace/page-data';
import { temporaryFolder } from '../support/environment.ts';
import { boardFor, lessons, otherAddress, resultOf } from './support.ts';

test('sixty people join and report at the same time; the board shows and stores what they sent, and no more', async (t) => {
  const { board, room, save, join: joinAs, post, stored } = await boardFor(t);
  const numbers = Array.from({ length: 60 }, (_, index) => index);
  const tokens = await Promise.all(numbers.map((n) => joinAs(n % 2 === 0 ? `Ada ${n}` : undefined)));
  for (let round = 0; round < 3; round++) {
    const reports = numbers.map((n) =>
      post('report', { step: 1 + (n % 5), unmet: n % 3 || null }, tokens[n]),
    );
    assert.ok((await Promise.all(reports)).every(({ status }) => status === 204));
  }
  await save();

  const page = (await (await fetch(`${board.pageUrl}board`)).json()) as BoardResponse;
  assert.equal(page.people.length, 60);
  assert.deepEqual(
    page.steps.map(({ here }) => here),
    [8, 12, 12, 12, 12, 4, 0, 0],
  );
  const { code, beginsMs, members, ...rest } = await stored();
  assert.deepEqual({ code, beginsMs, rest }, { code: room.code, beginsMs: room.beginsMs, rest: {} });
  assert.equal(members.length, 60);
  for (const { tokenHash, number, nickname, report, seenMs, sinceMs, ...more } of members) {
    assert.deepEqual(more, {});
    assert.ok(nickname === undefined || /^Ada \d+$/.test(nickname));
    assert.ok(seenMs >= sinceMs && sinceMs >= beginsMs);
    assert.deepEqual(Object.keys(report!), ['step', 'unmet']);
    assert.ok(number >= 1 && number <= 60 && /^[\da-f]{64}$/.test(tokenHash));
  }
  const file = JSON.stringify(await stored());
  assert.ok(
    tokens.every((token) => !file.includes(token)),
    'the tokens are not in the file',
  );
});

test('the board continues after a restart; a damaged file is set aside', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const first = await boardFor(t);
  const token = await first.join('Grace');
  await first.post('report', { step: 2, unmet: 1 }, token);
  await first.save();
  await first.board.close();

  const room = await readRoom(first.course);
  assert.deepEqual(room, first.room);
  const second = await boardFor(t, room);
  assert.equal((await second.post('report', { step: 2, unmet: null }, token)).status, 204);
  assert.deepEqual(
    room!.members.map(({ nickname, report }) => ({ nickname, report })),
    [{ nickname: 'Grace', report: { step: 2, unmet: null } }],
  );

  const said = t.mock.method(console, 'error', () => {});
  await writeFile(join(first.course.state, 'board.json'), '{"code": "ABCDEF", "members": [{}]}');
  assert.equal(await readRoom(first.course), undefined);
  assert.match(String(said.mock.calls[0]!.arguments[0]), /board\.json\.damaged, and the board starts with/);
});

test('hostile requests are refused, and change nothing', async (t) => {
  const { board, room, post, join: joinAs } = await boardFor(t);
  const token = await joinAs('Ada');
  const { code } = room;
  const before = structuredClone(room);
  const host = new URL(board.joinUrl).host;
  const report = { step: 1, unmet: 1 };
  const refused: [
    status: number,
    path: string,
    body?: unknown,
    token?: string,
    headers?: Record<string, string>,
  ][] = [
    [404, 'join', { code: 'WRONG1' }],
    [400, 'join', {}],
    [400, 'join', { code, machine: 'laptop' }],
    [400, 'join', { code: [code] }],
    [400, 'join', { code, nickname: 'A\u001b[31m' }],
    [400, 'join', { code, nickname: 'A\u202eda' }],
    [400, 'join', { code, nickname: ' \u00a0' }],
    [400, 'join', { code, nickname: '' }],
    [400, 'join', { code, nickname: 'a'.repeat(25) }],
    [413, 'join', { code, nickname: 'a'.repeat(2_000) }],
    [400, 'join', '{"code": '],
    [400, 'join', '{"code": "x", "__proto__": {}}'],
    [415, 'join', `code=${code}`, '', { 'content-type': 'application/x-www-form-urlencoded' }],
    [400, 'join', JSON.stringify({ code }), '', { 'content-type': 'text/plain' }],
    [403, 'join', { code }, '', { origin: 'https://example.com' }],
    [403, 'report', report, token, { origin: `http://localhost:${new URL(board.pageUrl).port}0` }],
    [401, 'report', report],
    [401, 'report', report, 'x'.repeat(22)],
    [400, 'report', { step: 1, unmet: 'const secret = 1' }, token],
    [400, 'report', { step: 1, unmet: 1, code: 'const secret = 1' }, token],
    [400, 'report', { step: 1, unmet: 3 }, token],
    [400, 'report', { step: 1, unmet: -1 }, token],
    [400, 'report', { step: 11, unmet: 1 }, token],
    [400, 'report', { step: 1.5, unmet: 1 }, token],
    [401, 'leave'],
  ];
  for (const [status, path, body, ...more] of refused) {
    assert.equal((await post(path, body, ...more)).status, status, `${path} ${JSON.stringify(body)}`);
  }
  assert.equal(await statusOf(board.joinUrl, { host: 'board.example.com' }), 403);
  assert.equal(await statusOf(`http://${host}/${code}`, { host }), 200);
  assert.equal(await statusOf(`http://${host}/WRONG1`, { host }), 404);
  if (otherAddress) {
    // The page is not at the address for attendees, whatever host the client claims.
    assert.equal(await statusOf(`http://${host}/`, { host }), 404);
    assert.equal(await statusOf(`http://${host}/board`, { host }), 404);
    assert.equal(await statusOf(`http://${host}/board`, { host: 'localhost' }), 403);
  }
  assert.deepEqual(room, before);
});

test('an address that tries many codes is stopped; those who have joined are not', async (t) => {
  const { post, join: joinAs } = await boardFor(t);
  const token = await joinAs();
  const statuses = new Map<number, number>();
  for (let count = 0; count < 130; count++) {
    const { status } = await post('join', { code: `A${count}` });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.deepEqual(Object.fromEntries(statuses), { 404: 119, 429: 11 });
  assert.equal((await post('report', { step: 1, unmet: 1 }, token)).status, 204);
});

test('an attendee joins, reports two numbers, joins again as the same person, and leaves; both sides forget', async (t) => {
  const { board, room, stored } = await boardFor(t);
  const course = openCourse(projectFolder, await temporaryFolder(t));
  const invitation = readInvitation(board.joinUrl.toLowerCase());
  await joinBoard(invitation, 'Ada', course);
  assert.equal(await reportCheck(await resultOf(3, 1), course), undefined);
  assert.deepEqual(room.members[0]!.report, { step: 3, unmet: 2 });
  await joinBoard(invitation, undefined, course);
  assert.deepEqual(
    room.members.map(({ number, nickname, report }) => ({ number, nickname, report })),
    [{ number: 1, nickname: undefined, report: { step: 3, unmet: 2 } }],
  );

  assert.equal(await leaveBoard((await readMembership(course))!, course), true);
  assert.equal(await readMembership(course), undefined);
  assert.deepEqual((await stored()).members, []);
  await assert.rejects(
    joinBoard({ ...invitation, code: 'WRONG1' }, 'Ada', course),
    /code "WRONG1" is not valid/,
  );
});

test('an attendee who joins another board leaves the first one', async (t) => {
  const [first, second] = [await boardFor(t), await boardFor(t)];
  const course = openCourse(projectFolder, await temporaryFolder(t));
  for (const { board } of [first, second]) await joinBoard(readInvitation(board.joinUrl), 'Ada', course);
  assert.deepEqual(
    [first, second].map(({ room }) => room.members.length),
    [0, 1],
  );
});

test('after a new code, old members are out, and are told once how to join again', async (t) => {
  const first = await boardFor(t);
  const course = openCourse(projectFolder, await temporaryFolder(t));
  await joinBoard(readInvitation(first.board.joinUrl), 'Ada', course);
  await first.board.close();
  const found = await resultOf(3, 0);
  assert.match((await reportCheck(found, course))!, /does not respond; your check is not affected\./);

  const port = Number(new URL(first.board.joinUrl).port);
  const room = newRoom(Date.now());
  assert.notEqual(room.code, first.room.code);
  const second = await startBoard({
    room,
    save: async () => {},
    lessons,
    schedule: [],
    port,
    host: otherAddress,
  });
  t.after(second.close);
  assert.match((await reportCheck(found, course))!, /no longer knows you\. To join again, run npm run join/);
  assert.equal(await reportCheck(found, course), undefined);
  assert.deepEqual(room.members, []);
});

/** The status of a GET request with a Host header, which fetch doesn't allow. */
function statusOf(url: string, headers: { host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    })
      .on('error', reject)
      .end();
  });
}
