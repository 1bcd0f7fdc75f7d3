import { gapPhrases } from '../../trace/lane.ts';
import { counted, percent } from '../../trace/numbers.ts';
import type { Row, Waterfall } from '../../trace/waterfall.ts';

/** Something notable about a trace: a sentence without the period, and the span that it is about. */
export interface Highlight {
  kind: 'error' | 'gap' | 'warning';
  text: string;
  spanId: string;
}

/** The highlights of a trace: where an error began, the longest gap, and the first warning. */
export function highlightsOf(waterfall: Waterfall): Highlight[] {
  return [...errorHighlight(waterfall), ...gapHighlight(waterfall), ...warningHighlight(waterfall)];
}

/** The span where an error began: the first failed span without a failed descendant. */
function errorHighlight({ rows, errorCount }: Waterfall): Highlight[] {
  const failed = [...rows.keys()].filter((index) => rows[index]!.span.error);
  const isOrigin = (index: number, at: number) => !(failed[at + 1]! <= index + rows[index]!.descendantCount);
  const origin = rows[failed.find(isOrigin) ?? -1];
  if (!origin) return [];
  const reason = errorText(origin);
  const where = `${errorCount === 1 ? '1 error, in' : `${counted(errorCount, 'error')}, starting in`} ${origin.span.name}`;
  return [{ kind: 'error', text: reason ? `${where}: ${reason}` : where, spanId: origin.span.spanId }];
}

/**
 * The span's own description of its error: its status message, else the exception that it recorded; empty if it has
 * neither.
 */
export function errorText({ span }: Row): string {
  if (!span.error) return '';
  if (span.statusMessage) return span.statusMessage;
  const exception = span.events.find(({ name }) => name === 'exception')?.attributes ?? {};
  return [exception['exception.type'], exception['exception.message']].filter(Boolean).join(': ');
}

/** The longest gap, and the number of shorter ones. */
function gapHighlight({ rows, durationUs }: Waterfall): Highlight[] {
  const gaps = rows.flatMap((row) => row.gaps.map((gap) => ({ row, gap })));
  if (gaps.length === 0) return [];
  const { row, gap } = gaps.reduce((longest, each) =>
    each.gap.durationUs > longest.gap.durationUs ? each : longest,
  );
  const others = gaps.length > 1 ? `, and ${counted(gaps.length - 1, 'shorter gap')}` : '';
  return [
    {
      kind: 'gap',
      text: `${gapPhrases(row, gap)[0]}: ${percent(gap.durationUs, durationUs)} of the trace${others}`,
      spanId: row.span.spanId,
    },
  ];
}

function warningHighlight({ rows }: Waterfall): Highlight[] {
  const odd = rows.filter(({ warnings }) => warnings.length > 0);
  const first = odd[0];
  if (!first) return [];
  const others = odd.length > 1 ? `, and ${counted(odd.length - 1, 'more span')} with warnings` : '';
  return [
    {
      kind: 'warning',
      text: `${first.span.name}: ${first.warnings[0]!.text}${others}`,
      spanId: first.span.spanId,
    },
  ];
}
