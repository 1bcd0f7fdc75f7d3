import { posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { Marked, type Tokens } from 'marked';
import { escaped } from '../backend/pages/shell.ts';

/** The HTML elements that a README may contain; everything else is shown as text. */
const allowedTags = /(<\/?(?:details|summary)>)/;

/**
 * The README of a step as HTML that contains only what its Markdown says: the page can insert it. Links to other steps
 * have their name in `data-step`; links to files of the project and images lead to `filesUrl`, which ends with a slash.
 */
export function readmeHtml(markdown: string, stepName: string, filesUrl: string): string {
  const slugger = new GithubSlugger();
  const marked = new Marked({
    renderer: {
      html: ({ text }) => safeHtml(text),
      heading({ depth, tokens, text }) {
        return `<h${depth} id="${slugger.slug(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code: ({ text, lang = '' }) =>
        `<pre tabindex="0"><code class="${escaped(lang)}">${text
          .split('\n')
          .map((line) => lineHtml(line, lang))
          .join('\n')}</code></pre>\n`,
      link({ href, tokens }) {
        return `<a ${linkAttributes(href, stepName, filesUrl)}>${this.parser.parseInline(tokens)}</a>`;
      },
      image: ({ href, text }: Tokens.Image) =>
        `<img src="${escaped(filesUrl + pathOf(href, stepName))}" alt="${escaped(text)}">`,
    },
  });
  return marked.parse(markdown, { async: false });
}

/** A line of code. What is added, what is removed, and what is typed at a prompt looks different. */
function lineHtml(line: string, lang: string): string {
  const name =
    lang === 'diff' && /^[+-]/.test(line)
      ? line.startsWith('+')
        ? 'added'
        : 'removed'
      : lang === 'console' && line.startsWith('$ ')
        ? 'typed'
        : undefined;
  return name ? `<span class="${name}">${escaped(line)}</span>` : escaped(line);
}

function linkAttributes(href: string, stepName: string, filesUrl: string): string {
  if (href.startsWith('#')) return `href="${escaped(href)}"`;
  const path = /^https?:/.test(href) ? undefined : pathOf(href, stepName);
  const url = path === undefined ? href : filesUrl + path;
  const step = /^steps\/(\d\d-[^/]+)\/README\.md/.exec(path ?? '')?.[1];
  const where = step ? `data-step="${escaped(step)}"` : 'target="_blank" rel="noreferrer"';
  return `href="${escaped(url)}" ${where}`;
}

/** The path of a relative link from the project's folder. It can't lead out of it. */
function pathOf(href: string, stepName: string): string {
  return posix.join('/steps', stepName, href).slice(1);
}

/** The allowed tags of some HTML, and everything else as text. Comments mark generated parts, and are left out. */
function safeHtml(html: string): string {
  const parts = html.replaceAll(/<!--[\s\S]*?-->/g, '').split(allowedTags);
  return parts.map((part, index) => (index % 2 === 1 ? part : escaped(part))).join('');
}
