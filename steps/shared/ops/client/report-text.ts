import { padEnd, printable, widthOf } from '#workshop/trace/terminal-text';
import type { Report } from './reports.ts';

/** A report as plain text: the sentence, then the table in aligned columns. */
export function reportText({ sentence, columns, rows }: Report): string {
  if (rows.length === 0) return printable(sentence);
  const cells = [...(columns.length > 0 ? [columns] : []), ...rows].map((row) => row.map(printable));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column]!))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [printable(sentence), '', ...lines].join('\n');
}
