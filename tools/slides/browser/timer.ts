import { showError } from './banner.ts';
import { minutesOf } from './schedule.ts';

/** A countdown on a slide. Times in ms. */
interface Timer {
  wholeMs: number;
  leftMs: number;
  /** When it was last started, on the page's clock; missing while it is stopped. */
  since?: number;
  element: HTMLElement;
}

const timers = new Map<Element, Timer>();
const REFRESH_MS = 250;
/** The countdown in the lobby, if the URL doesn't say when the talk starts. */
const LOBBY_MS = 10 * 60_000;

/**
 * Initializes all timers of the deck, connects their buttons, and starts the interval that updates them. A timer counts
 * down the minutes of its slide; in the lobby, with `?start=HH:MM`, the time until then.
 */
export function setUpTimers(): void {
  const schedule = document.documentElement.dataset.schedule ?? 'ninety';
  for (const element of document.querySelectorAll<HTMLElement>('.timer')) {
    const section = element.closest<HTMLElement>('section.slide')!;
    const isLobby = section.classList.contains('lobby');
    const untilStartMs = isLobby ? untilStart() : undefined;
    const wholeMs = isLobby ? (untilStartMs ?? LOBBY_MS) : minutesOf(section, schedule) * 60_000;
    const timer: Timer = { wholeMs, leftMs: wholeMs, element };
    timers.set(section, timer);
    element.querySelector('button')!.addEventListener('click', () => toggleTimer(section));
    if (untilStartMs === undefined) show(timer);
    else toggleTimer(section);
  }
  setInterval(() => {
    for (const timer of timers.values()) if (timer.since !== undefined) show(timer);
  }, REFRESH_MS);
}

/** The ms until the time of day in `?start=`; 0 if it has passed, undefined if the URL has none or an invalid one. */
function untilStart(): number | undefined {
  const start = new URLSearchParams(location.search).get('start');
  if (start === null) return undefined;
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(start) ?? [];
  if (hours === undefined) {
    showError(`"start=${start}" is not a time of day: write it as in start=09:30.`);
    return undefined;
  }
  return Math.max(0, new Date().setHours(Number(hours), Number(minutes), 0, 0) - Date.now());
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
  element.querySelector<HTMLElement>('.left > div')!.style.transform =
    `scaleX(${left / Math.max(wholeMs, 1)})`;
  element.querySelector('button')!.textContent =
    since !== undefined ? 'pause' : left === 0 ? 'restart' : left < wholeMs ? 'resume' : 'start';
  element.classList.toggle('over', left === 0);
}
