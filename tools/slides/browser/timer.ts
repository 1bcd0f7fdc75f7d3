import { minutesOf } from './schedule.ts';

/** A countdown on a slide, from the slide's minutes. Times in ms. */
interface Timer {
  wholeMs: number;
  leftMs: number;
  /** When it was last started, on the page's clock; missing while it is stopped. */
  since?: number;
  element: HTMLElement;
}

const timers = new Map<Element, Timer>();
const REFRESH_MS = 250;

/** Initializes all timers of the deck, connects their buttons, and starts the interval that updates them. */
export function setUpTimers(): void {
  const schedule = document.documentElement.dataset.schedule ?? 'ninety';
  for (const element of document.querySelectorAll<HTMLElement>('.timer')) {
    const section = element.closest<HTMLElement>('section.slide')!;
    const wholeMs = minutesOf(section, schedule) * 60_000;
    const timer: Timer = { wholeMs, leftMs: wholeMs, element };
    timers.set(section, timer);
    element.querySelector('button')!.addEventListener('click', () => toggleTimer(section));
    show(timer);
  }
  setInterval(() => {
    for (const timer of timers.values()) if (timer.since !== undefined) show(timer);
  }, REFRESH_MS);
}

/** Starts or pauses the timer of a slide; a timer that has run out starts again. */
export function toggleTimer(section: Element): void {
  const timer = timers.get(section);
  if (!timer) return;
  const left = leftOf(timer);
  if (timer.since === undefined) {
    timer.leftMs = left > 0 ? left : timer.wholeMs;
    timer.since = performance.now();
  } else {
    timer.leftMs = left;
    delete timer.since;
  }
  show(timer);
}

function leftOf({ leftMs, since }: Timer): number {
  return Math.max(0, leftMs - (since === undefined ? 0 : performance.now() - since));
}

function show(timer: Timer): void {
  const left = leftOf(timer);
  if (left === 0 && timer.since !== undefined) {
    timer.leftMs = 0;
    delete timer.since;
  }
  const seconds = Math.ceil(left / 1_000);
  const { element, wholeMs, since } = timer;
  element.querySelector('.time')!.textContent =
    `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  element.querySelector<HTMLElement>('.left > div')!.style.transform = `scaleX(${left / wholeMs})`;
  element.querySelector('button')!.textContent =
    since !== undefined ? 'pause' : left === 0 ? 'restart' : left < wholeMs ? 'resume' : 'start';
  element.classList.toggle('over', left === 0);
}
