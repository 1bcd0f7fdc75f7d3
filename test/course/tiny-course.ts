import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Course, openCourse } from '#workshop/course/course';
import { type LessonFiles, readLessonFiles, sameFiles } from '#workshop/course/files';
import { findStep } from '#workshop/course/list';
import { putStep } from '#workshop/course/put';
import { temporaryFolder } from '../support/environment.ts';

/** A course of four tiny steps. The first three are about one service; the fourth starts another system, with its `start`. */
const STEPS: Record<string, Record<string, string>> = {
  '01-say-hello': {
    'README.md': '# 1. Say hello\n\nStart a service that says *hello*. It knows nobody.\n',
    'run.ts': "console.log('hello');\n",
    'greeter/app.ts': "export const greet = () => 'hello';\n",
    'greeter/service.json': '{ "port": 9001 }\n',
  },
  '02-know-names': {
    'README.md': '# 2. Know names\n\nGreet people by their names.\n',
    'run.ts': "console.log('hello, Ada');\n",
    'greeter/app.ts': 'export const greet = (name: string) => `hello, ${name}`;\n',
    'greeter/names/known.ts': "export const known = ['Ada'];\n",
    'greeter/service.json': '{ "port": 9001 }\n',
  },
  '03-be-polite': {
    'README.md': '# 3. Be polite\n\nSay good day instead.\n',
    'run.ts': "console.log('hello, Ada');\n",
    'greeter/app.ts': 'export const greet = (name: string) => `good day, ${name}`;\n',
    'greeter/names/known.ts': "export const known = ['Ada'];\n",
    'greeter/service.json': '{ "port": 9001 }\n',
  },
  '04-count': {
    'README.md': '# 4. Count\n\nCount in another system.\n',
    'run.ts': 'console.log(1);\n',
    'counter/app.ts': 'export const count = () => 1;\n',
    'counter/service.json': '{ "port": 9002 }\n',
    'start/run.ts': 'console.log(0);\n',
    'start/counter/app.ts': 'export const count = () => 0;\n',
    'start/counter/service.json': '{ "port": 9002 }\n',
  },
};

/** A course with some of the four steps in a folder of its own, and shortcuts for what tests do with it. */
export interface TinyCourse extends Course {
  put(number: number): Promise<string | undefined>;
  /** The files of a step. */
  step(number: number): Promise<LessonFiles>;
  /** The files of the working copy, as they are on the disk. */
  files(): Promise<LessonFiles>;
  isStep(number: number): Promise<boolean>;
  /** Writes a file of the working copy. */
  write(path: string, text: string | Buffer): Promise<void>;
  read(path: string): Promise<string>;
  remove(path: string): Promise<void>;
}

/** Creates the course, with step 3 in its working copy. It is gone when the test is over. */
export async function tinyCourse(t: { after(end: () => unknown): void }): Promise<TinyCourse> {
  const root = await temporaryFolder(t);
  const course = openCourse(root, join(root, '.workshop'));
  const write = async (path: string, text: string | Buffer) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  for (const [name, files] of Object.entries(STEPS)) {
    for (const [path, text] of Object.entries(files)) await write(`steps/${name}/${path}`, text);
  }
  for (const [path, text] of Object.entries(STEPS['03-be-polite']!)) {
    if (path !== 'README.md') await write(path, text);
  }

  const step = async (number: number) => readLessonFiles((await findStep(String(number), course)).folder);
  return {
    ...course,
    put: async (number) => putStep(await findStep(String(number), course), course),
    step,
    files: () => readLessonFiles(root, new Set(['greeter', 'counter'])),
    isStep: async (number) => sameFiles(await readLessonFiles(root), await step(number)),
    write,
    read: (path) => readFile(join(root, path), 'utf8'),
    remove: (path) => rm(join(root, path), { recursive: true }),
  };
}
