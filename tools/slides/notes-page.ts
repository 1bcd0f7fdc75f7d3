import { escaped } from './draw/svg.ts';

/** The printed notes of a slide; all fields except the chapter and the number are HTML. */
export interface PrintedNotes {
  /** The slide number. */
  number: string;
  chapter: string;
  title: string;
  notes: string;
}

/** The font size of the notes in pt, for reading at arm's length in a dark room. */
const SIZE_PT = 15;

const STYLE = `
@page { size: A4; margin: 18mm 20mm; }
body { margin: 0; font: ${SIZE_PT}pt/1.45 Georgia, 'Times New Roman', serif; color: #000; }
section { break-after: page; break-inside: avoid; }
section:last-child { break-after: auto; }
header { display: flex; justify-content: space-between; border-bottom: 1pt solid; padding-bottom: 4pt; }
h1 { margin: 16pt 0; font-size: 24pt; line-height: 1.2; }
p { margin: 0 0 11pt; }
code { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: ${SIZE_PT - 1}pt; overflow-wrap: anywhere; }
`;

/** The notes of slides as an HTML page for printing: one A4 page per slide, in 14 pt or larger. */
export function notesPage(slides: readonly PrintedNotes[]): string {
  const sheets = slides.map(
    ({ number, chapter, title, notes }) =>
      `<section><header><span>${escaped(chapter)}</span><span>${escaped(number)}</span></header>` +
      `<h1>${title}</h1>${notes}</section>`,
  );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notes</title><style>${STYLE}</style></head>` +
    `<body>${sheets.join('\n')}</body></html>`
  );
}
