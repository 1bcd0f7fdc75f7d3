/**
 * The script of the speaker window, which is the speaker view of reveal.js: it adds the pace of the talk, and passes on
 * keys that the view sends only to its previews.
 */
import { paceOf, type Plan } from './pace.ts';

const REFRESH_MS = 500;
const [THEME_KEY, TIMER_KEY] = ['d', 't'];

const find = (selector: string) => document.querySelector<HTMLElement>(selector)!;
const strip = document.createElement('section');
strip.id = 'schedule';
strip.hidden = true;
strip.innerHTML =
  '<p class="pace" role="status"></p><p class="advice"></p>' +
  '<button type="button" class="skip" hidden></button>' +
  '<button type="button" class="reset">I’m on schedule here</button>';
find('#speaker-controls').prepend(strip);
find('#upcoming-slide .label').textContent = 'Next';
find('#speaker-layout').remove(); // There is only one layout.

const pace = find('.pace');
const advice = find('.advice');
const skip = find('.skip');
let isRunning = false;
let skipTo: [column: number, row: number] = [0, 0];

skip.addEventListener('click', () => tell(window.opener as Window, 'slide', skipTo));
find('.reset').addEventListener('click', restart);
document.addEventListener('keydown', ({ key, keyCode }) => {
  if (![THEME_KEY, TIMER_KEY].includes(key)) return;
  tell(window.opener as Window, 'triggerKey', [keyCode]);
  if (key !== THEME_KEY) return;
  const { dataset } = document.documentElement;
  dataset.theme = dataset.theme === 'dark' ? 'light' : 'dark';
  tell(find('#upcoming-slide').querySelector('iframe')!.contentWindow!, 'triggerKey', [keyCode]);
});
setInterval(update, REFRESH_MS);

function update(): void {
  for (const [selector, title] of [
    ['#current-slide', 'Current slide'],
    ['#upcoming-slide', 'Next slide'],
  ] as const) {
    find(selector).querySelector('iframe')?.setAttribute('title', title);
  }
  const text = document.querySelector<HTMLElement>('.value .minutes')?.dataset.plan;
  const plan = text === undefined ? undefined : (JSON.parse(text) as Plan);
  strip.hidden = !plan;
  if (!plan || !hasTimings()) {
    isRunning = false;
    return;
  }
  // The talk begins when the speaker leaves the lobby, or continues at this slide when the window is opened later.
  if (!isRunning) restart();
  isRunning = true;

  const now = paceOf(plan, elapsedS());
  pace.dataset.state = now.state;
  if (pace.textContent !== now.text) pace.textContent = now.text;
  advice.textContent = now.advice;
  skip.hidden = !now.now;
  if (now.now) {
    skipTo = now.now.at;
    skip.textContent = `Skip to ${now.now.to}`;
  }
}

/** Whether the view knows the times of the slides yet. */
function hasTimings(): boolean {
  return find('.pacing').style.display !== 'none';
}

/** Sets the clock of the view to the time at which the current slide should start. */
function restart(): void {
  find('.speaker-controls-time').click();
}

/** The time that the clock of the view shows, in seconds. */
function elapsedS(): number {
  const [hours = 0, minutes = 0, seconds = 0] = find('.timer').textContent.trim().split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** Calls a method of reveal.js in another window. */
function tell(window: Window, method: string, args: readonly number[]): void {
  window.postMessage(JSON.stringify({ method, args }), '*');
}
