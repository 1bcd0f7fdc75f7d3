import fc from 'fast-check';
import type { Span } from '#workshop/trace/model';
import { span } from './spans.ts';

/**
 * Spans whose ids and parent ids are from a small set, so that orphans, duplicates, self-parents, and cycles are
 * common, and whose times contradict each other.
 */
export const anySpans: fc.Arbitrary<Span[]> = fc.array(
  fc
    .record({
      id: fc.integer({ min: 0, max: 14 }),
      parent: fc.option(fc.integer({ min: 0, max: 17 })),
      startMs: fc.integer({ min: 0, max: 60 }),
      durationMs: fc.integer({ min: -5, max: 60 }),
      kind: fc.constantFrom('internal', 'server', 'client', 'producer', 'consumer'),
      error: fc.boolean(),
      service: fc.constantFrom('bands-api', 'reviews-api', 'caller'),
      name: fc.constantFrom('read review', 'GET /reviews', 'GET'),
    })
    .map(({ id, parent, ...rest }) =>
      span(`s${id}`, { ...(parent !== null && { parentId: `s${parent}` }), ...rest } as Partial<Span>),
    ),
  { maxLength: 30 },
);

/** Consistent spans: every child is within its parent and ids are unique. */
export const soundSpans: fc.Arbitrary<Span[]> = fc
  .array(
    fc.record({
      parent: fc.nat(),
      from: fc.integer({ min: 0, max: 100 }),
      to: fc.integer({ min: 0, max: 100 }),
    }),
    { maxLength: 30 },
  )
  .map((claims) => {
    const spans = [span('s0', { startMs: 0, durationMs: 100_000 })];
    for (const [index, { parent, from, to }] of claims.entries()) {
      const above = spans[parent % spans.length]!;
      const startUs = above.startUs + Math.floor((above.durationUs * Math.min(from, to)) / 100);
      const durationUs = Math.floor((above.durationUs * Math.abs(to - from)) / 100);
      spans.push(span(`s${index + 1}`, { parentId: above.spanId, startUs, durationUs }));
    }
    return spans;
  });

/**
 * Untrusted names: escape sequences, line breaks, other scripts and directions, combining marks, emoji, lone
 * surrogates.
 */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom(
        '\x1b[2J',
        '\x1b]0;title\x07',
        '\x9b31m',
        '\r\n',
        '\u202e',
        'שלום',
        '評論',
        '👩‍💻',
        '\ud800',
        '\x7f',
      ),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));
