import { element } from './svg.ts';

/** A part of a picture that appears, or arrives, some seconds after the slide; without animations, it's there at once. */
export function appears(className: string, atSeconds: number, ...children: string[]): string {
  return element('g', { class: className, style: `--at: ${atSeconds.toFixed(1)}s` }, ...children);
}
