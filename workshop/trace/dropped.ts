import { listed } from '../listed.ts';
import type { Span } from './model.ts';
import { counted } from './numbers.ts';

/**
 * What the limits of the SDK dropped from a span and from its events and links, as a sentence without the full stop;
 * empty if they dropped nothing.
 */
export function droppedText({ dropped, events, links }: Span): string {
  const counts: [count: number, thing: string, of: string][] = [
    [dropped?.attributes ?? 0, 'attribute', ''],
    [dropped?.events ?? 0, 'event', ''],
    [dropped?.links ?? 0, 'link', ''],
    [attributesDroppedFrom(events), 'attribute', ' of its events'],
    [attributesDroppedFrom(links), 'attribute', ' of its links'],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, thing, of]) => counted(count, thing) + of);
  return parts.length > 0 ? `the limits of the SDK dropped ${listed(parts)}` : '';
}

function attributesDroppedFrom(parts: readonly { droppedAttributes?: number }[]): number {
  return parts.reduce((sum, { droppedAttributes = 0 }) => sum + droppedAttributes, 0);
}
