/**
 * Turns the print view of reveal.js into pages for the speaker, with several slides each: a small picture of each slide,
 * and beside it, its number, time, title, and notes. The code before a change is left out, because it shares its notes.
 */
export function printNotes(): void {
  const html = document.documentElement;
  html.classList.add('prints-notes');
  // The print view has set the size of a slide here, and in a rule for pages, which this one overrides.
  document.body.removeAttribute('style');
  const pages = Object.assign(document.createElement('style'), {
    textContent: '@page { size: A4; margin: 12mm; }',
  });
  document.head.append(pages);

  for (const page of document.querySelectorAll('.pdf-page')) {
    const slide = page.querySelector('section.slide')!;
    if (slide.classList.contains('before')) {
      page.remove();
      continue;
    }
    const row = document.createElement('article');
    page.replaceWith(row);
    const text = document.createElement('div');
    text.className = 'text';
    const title = document.createElement('h2');
    const number = slide.querySelector('.number')!.textContent;
    title.innerHTML = `${number}. ${slide.querySelector('h1, h2')!.innerHTML}`;
    text.append(title, ...slide.querySelector('.notes')!.cloneNode(true).childNodes);
    row.append(page, text);
  }
}
