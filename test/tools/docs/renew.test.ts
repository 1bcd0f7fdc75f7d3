import assert from 'node:assert/strict';
import { renewDocument, renewText } from '#tools/docs/renew';
import { slowTest, test } from '../../support/tests.ts';

/** A console block with a Node.js script as its command, quoted for every shell. */
function block(script: string, output: string, words = ''): string {
  return `\`\`\`console\n$ node -e "${script}"${words}\n${output}\n\`\`\`\n`;
}

const printId = `console.log(require('crypto').randomUUID())`;
const shownId = '4990d09f-e7f8-4dc7-ace3-f617905e9b8d';

test('an output that differs only by chance stays, one that differs is renewed, and the text around stays', async () => {
  const before = `# Title\n\n${block(printId, shownId)}\nText.\n\n${block(`console.log('new')`, 'old')}\nThe end.\n`;
  assert.equal(await renewText(before), before.replace('\nold\n', '\nnew\n'));
});

slowTest(
  'an id that a command printed reaches the command that names it, and keeps its name in the document',
  async () => {
    const isFresh = `console.log(process.argv[1] !== '4990d09f-'.concat('e7f8-4dc7-ace3-f617905e9b8d'), process.argv[1])`;
    const document = (output: string) =>
      `${block(printId, shownId)}\n${block(isFresh, output, ` ${shownId}`)}`;
    const right = document(`true ${shownId}`);
    assert.equal(await renewText(right), right);
    assert.equal(await renewText(document('wrong')), right);
  },
);

slowTest('commands of one document share a copy, and a change that is shown is typed into it', async () => {
  const read = `console.log(require('fs').readFileSync('run.ts', 'utf8').includes('randomBytes'))`;
  const before = [
    '```console\n$ npm run step 2\n…\n```\n',
    block(read, 'false'),
    '<!-- diff 02 03 run.ts -->\n\n<!-- end -->\n',
    block(read, 'true'),
  ].join('\n');
  const after = await renewText(before);
  assert.match(after, /^\+import \{ randomBytes \}/m);
  assert.equal(after.replace(/```diff[^]*?```\n\n/, ''), before);
  assert.equal(await renewText(after), after, 'a second time changes nothing');
});

slowTest('a change is not typed over code that is not as it was before the change', async () => {
  const read = `console.log(require('fs').readFileSync('run.ts', 'utf8').includes('randomBytes'))`;
  const text = `<!-- diff 02 03 run.ts -->\n\n<!-- end -->\n\n${block(read, 'false')}`;
  assert.ok(
    (await renewText(text)).endsWith(block(read, 'false')),
    'the copy holds the last step, not the second',
  );
});

slowTest(
  'what stays is waited for, is there for the commands below, and is left as it is shown',
  async () => {
    const server = `require('http').createServer((_, answer) => answer.end('hello')).listen(process.env.BANDS_API_PORT, 'localhost', () => console.log('ready after 1 ms'))`;
    const ask = `fetch('http://localhost:8000').then(async (answer) => console.log(await answer.text()))`;
    const text = `${block(server, 'ready after 7 s').replace('console\n', 'console stays\n')}\n${block(ask, 'hello')}`;
    assert.equal(await renewText(text), text);
  },
);

test('a document that cannot be renewed is named', async () => {
  await assert.rejects(renewDocument('no-such.md'), /no-such\.md/);
  await assert.rejects(
    renewText('<!-- dif 02 03 -->\n\n<!-- end -->\n'),
    /<!-- dif --> is not a part that can be generated/,
  );
  await assert.rejects(renewText('<!-- diff 02 99 -->\n\n<!-- end -->\n'), /no step "99"/);
  await assert.rejects(renewText('<!-- file 02 app.ts -->\n\n<!-- end -->\n'), /no app\.ts in that step/);
});
