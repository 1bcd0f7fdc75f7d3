import { posix } from 'node:path';
import { readAnchors, readLinks } from '../markdown.ts';

/** The files and folders of a project, and the text of a file; paths are from the project's folder, with `/`. */
export interface Files {
  paths: ReadonlySet<string>;
  read(path: string): Promise<string>;
}

/** The links of a document that lead nowhere within the project, each as a sentence. */
export async function brokenLinks(document: string, { paths, read }: Files): Promise<string[]> {
  const broken: string[] = [];
  for (const link of readLinks(await read(document))) {
    if (/^[a-z]+:/.test(link)) continue; // an external link, which can't be checked without a network
    const [target, anchor] = link.split('#', 2) as [string, string?];
    const path = target ? targetOf(target, document) : document;
    if (path !== '' && !paths.has(path)) {
      broken.push(`${document} links to ${link}, but there is no ${path}.`);
    } else if (anchor && path.endsWith('.md') && !readAnchors(await read(path)).has(anchor)) {
      broken.push(`${document} links to ${link}, but ${path} has no heading #${anchor}.`);
    }
  }
  return broken;
}

/** The path that a relative link means; empty for the project's folder itself. */
function targetOf(target: string, document: string): string {
  const path = posix.join(posix.dirname(document), decodeURI(target));
  return path.replace(/\/$/, '').replace(/^\.$/, '');
}
