import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairIds, renewOutput } from '#tools/docs/shown';

const output = `bands-api is ready after 1.2 s
reviews-api is ready after 1.1 s
{
    "uuid": "553be815-76f3-49db-b9d7-caca4b23cc3e"
}

That took 5.84 s.
http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736`;

test('an output that differs only by chance stays as the document shows it', () => {
  const shown = output.replace('5.84', '6.01').replaceAll('4bf9', 'aaaa');
  assert.equal(renewOutput(shown, output), shown);
});

test('an output that means something else is shown as it is now', () => {
  assert.equal(
    renewOutput(output, output.replace('That took', 'It took')),
    output.replace('That took', 'It took'),
  );
  assert.equal(renewOutput('', output), output);
});

test('a line with an ellipsis stands for any lines: at the start, in the middle, at the end, also for none', () => {
  const lines = output.split('\n');
  const shownParts = [
    ['…', ...lines.slice(6)],
    [...lines.slice(0, 3), '…', lines[6]!, '…'],
    ['…', lines[2]!, '…', lines[4]!, '…'],
    [...lines, '…'],
    ['…'],
  ];
  for (const shown of shownParts) assert.equal(renewOutput(shown.join('\n'), output), shown.join('\n'));
});

test('what a cut shows is renewed, and what it leaves out stays left out', () => {
  const shown = '…\n\nThat took 5.84 s.\n…';
  const cut = `${output}\nthe end`;
  assert.equal(renewOutput(shown, cut), shown);
  assert.equal(renewOutput('…\nuuid 1\nuuid 1', 'x\nuuid 1\nuuid 1'), '…\nuuid 1\nuuid 1');
});

test('where the shown lines are no longer there, all of the output is shown', () => {
  assert.equal(renewOutput('…\nno such line', output), output);
  assert.equal(renewOutput('That took 5.84 s.\n…', output), output, 'the first line has to be the first');
  assert.equal(renewOutput('…\nThat took 5.84 s.', output), output, 'the last line has to be the last');
});

test('ids are compared in what is shown, not in what is cut away', () => {
  const ids = ['4bf92f3577b34da6a3ce929d0e0e4736', '0af7651916cd43dd8448eb211c80319c'];
  const run = `hidden ${ids[0]}\nfirst ${ids[1]}\nsecond ${ids[1]}`;
  const shown = `…\nfirst ${'a1'.repeat(16)}\nsecond ${'a1'.repeat(16)}`;
  assert.equal(renewOutput(shown, run), shown);
  assert.deepEqual([...pairIds(shown, run)], [[ids[1], 'a1'.repeat(16)]]);

  const other = run.replace(`second ${ids[1]}`, `second ${ids[0]}`);
  assert.equal(renewOutput(shown, other), `…\nfirst ${ids[1]}\nsecond ${ids[0]}`);
});
