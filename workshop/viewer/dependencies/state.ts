/** The state of the service graph page. The chosen service is in the URL, as `service`. */
import { computed, signal } from '@preact/signals';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { drawingOf, type Measures } from './layout.ts';
import { partOf } from './neighborhood.ts';

/** Undefined until a response has arrived. */
export const response = signal<ServiceGraphResponse | undefined>(undefined);
/** Why the graph can't be shown, as a sentence; empty if it can. */
export const problem = signal('');
/** The service whose connections the reader wants to see; empty for all of them. */
export const chosen = signal(serviceInUrl());
export const measures = signal<Measures | undefined>(undefined);

export const part = computed(() => response.value && partOf(response.value, chosen.value));
export const drawing = computed(() => part.value && measures.value && drawingOf(part.value, measures.value));

/** How the drawing is moved, in its own px, and scaled. At a scale of 1, all of it is in the window. */
export const view = signal(whole());

function whole() {
  return { x: 0, y: 0, scale: 1 };
}

export function showWhole(): void {
  view.value = whole();
}

export function choose(service: string): void {
  history.pushState(null, '', urlOf(service));
  readUrl();
}

export function urlOf(service: string): string {
  return service === '' ? '/dependencies' : `/dependencies?${new URLSearchParams({ service })}`;
}

function serviceInUrl(): string {
  return new URLSearchParams(location.search).get('service') ?? '';
}

function readUrl(): void {
  chosen.value = serviceInUrl();
  showWhole();
}

addEventListener('popstate', readUrl);

const MAX_SCALE = 20;

/** Scales the drawing around a point in the window, in px of the drawing at a scale of 1; its middle by default. */
export function zoomBy(factor: number, around = middle()): void {
  const { x, y, scale } = view.value;
  const next = Math.min(MAX_SCALE, Math.max(1, scale * factor));
  const moved = (from: number, at: number) => at - ((at - from) * next) / scale;
  moveTo(moved(x, around.x), moved(y, around.y), next);
}

/** Moves the drawing, in px of the drawing at a scale of 1. */
export function panBy(x: number, y: number): void {
  moveTo(view.value.x + x, view.value.y + y, view.value.scale);
}

/** Moves a point of the drawing to the middle of the window. */
export function panTo({ x, y }: { x: number; y: number }): void {
  const { scale } = view.value;
  moveTo(middle().x - x * scale, middle().y - y * scale, scale);
}

function middle() {
  return { x: (drawing.value?.width ?? 0) / 2, y: (drawing.value?.height ?? 0) / 2 };
}

/** The edges of the drawing stay outside the window. */
function moveTo(x: number, y: number, scale: number): void {
  const { width = 0, height = 0 } = drawing.value ?? {};
  view.value = {
    x: Math.min(0, Math.max(width * (1 - scale), x)),
    y: Math.min(0, Math.max(height * (1 - scale), y)),
    scale,
  };
}
