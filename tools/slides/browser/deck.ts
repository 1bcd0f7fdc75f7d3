/** The script of the deck: reveal.js with this talk's settings, keys, and timers. */
import Reveal from 'reveal.js';
import Notes from 'reveal.js/plugin/notes';
import Zoom from 'reveal.js/plugin/zoom';
import { reloadOnChange } from './live.ts';
import { printNotes } from './print-notes.ts';
import { chooseSchedule } from './schedule.ts';
import { openSpeakerView } from './speaker-view.ts';
import { toggleTheme } from './theme.ts';
import { setUpTimers, toggleTimer } from './timer.ts';

const reducesMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;

const notes = Notes();

chooseSchedule();
setUpTimers();
Reveal.on('pdf-ready', () => {
  if (new URLSearchParams(location.search).get('with') === 'notes') printNotes();
});
void Reveal.initialize({
  width: 1920,
  height: 1080,
  margin: 0,
  minScale: 0.1,
  maxScale: 4,
  center: false,
  hash: true,
  // Right and left go through all slides; up and down work in the overview, where each chapter is a column.
  navigationMode: 'linear',
  // G jumps to a slide number, which counts all slides.
  slideNumber: 'c',
  controls: false,
  progress: true,
  transition: reducesMotion ? 'none' : 'fade',
  transitionSpeed: 'fast',
  backgroundTransition: 'none',
  autoAnimate: !reducesMotion,
  autoAnimateDuration: 0.9,
  // Phones show slides too, not a scrolling page.
  scrollActivationWidth: 0,
  pdfMaxPagesPerSlide: 1,
  pdfSeparateFragments: false,
  defaultTiming: 0,
  plugins: [notes, Zoom],
}).then(() => {
  Reveal.addKeyBinding({ keyCode: 83, key: 'S', description: 'Speaker window' }, () =>
    openSpeakerView(notes),
  );
  Reveal.addKeyBinding({ keyCode: 68, key: 'D', description: 'Dark or light' }, toggleTheme);
  Reveal.addKeyBinding({ keyCode: 84, key: 'T', description: 'Start or pause the timer' }, () => {
    toggleTimer(Reveal.getCurrentSlide());
  });
  document.documentElement.dataset.ready = 'true';
  reloadOnChange();
});
