import type { NotesPlugin } from 'reveal.js/plugin/notes';

/** The name that the plugin gives to its window. */
const WINDOW = 'reveal.js - Notes';
const [WIDTH, HEIGHT] = [1280, 800];

/**
 * Opens the speaker view of reveal.js, or brings it to the front, and adds speaker.css and speaker.js to it. They run in
 * that window, so that they keep working when the deck is reloaded.
 */
export function openSpeakerView(plugin: NotesPlugin): void {
  plugin.open();
  const view = window.open('', WINDOW);
  if (!view || view.document.querySelector('link')) return;
  view.resizeTo(WIDTH, HEIGHT);
  const { documentElement: html, head } = view.document;
  html.dataset.theme = document.documentElement.dataset.theme;
  const style = Object.assign(view.document.createElement('link'), {
    rel: 'stylesheet',
    href: urlOf('speaker.css'),
  });
  const script = Object.assign(view.document.createElement('script'), { src: urlOf('speaker.js') });
  head.append(style, script);
}

function urlOf(file: string): string {
  return new URL(file, location.href).href;
}
