/** Runs in the page, so it can use only what it declares itself. */

/** Goes through all slides of the deck and gives a sentence for each layout problem. */
export async function layoutFaults(): Promise<string[]> {
  const smallestText = 24;
  const smallestCode = 28;
  /** 24 px on a screen of 1280 × 720. */
  const smallestDrawn = 36;
  const tolerance = 2;
  const faults: string[] = [];
  const main = document.querySelector<HTMLElement>('.slides')!;
  const scale = main.getBoundingClientRect().width / 1920;
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  const overlap = (a: DOMRect, b: DOMRect) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > tolerance * scale &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > tolerance * scale;
  const name = (element: Element) => `${element.localName}.${element.getAttribute('class') ?? ''}`;
  const ownText = (element: Element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim() !== '');
  /** The box of the glyphs themselves, without the space above and below them. */
  const lettersOf = (text: SVGTextElement) => {
    const box = text.getBoundingClientRect();
    return new DOMRect(box.x, box.y + box.height * 0.2, box.width, box.height * 0.6);
  };

  for (const section of document.querySelectorAll<HTMLElement>('section.slide')) {
    location.hash = `#/${section.id}`;
    while (!section.classList.contains('present')) await nextFrame();
    const fault = (text: string) => faults.push(`${section.id}: ${text}`);
    const edge = section.getBoundingClientRect();

    for (const element of section.querySelectorAll<HTMLElement>('.frame *')) {
      if (element.closest('.hidden, defs')) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const isOut =
        box.left < edge.left - tolerance ||
        box.top < edge.top - tolerance ||
        box.right > edge.right + tolerance ||
        box.bottom > edge.bottom + tolerance;
      if (isOut) fault(`${name(element)} leaves the slide`);
      if (
        element.scrollWidth > element.clientWidth + tolerance &&
        element.clientWidth > 0 &&
        !element.closest('svg')
      ) {
        if (getComputedStyle(element).display !== 'inline') fault(`${name(element)} is wider than its place`);
      }
      if (ownText(element)) {
        const size = Number.parseFloat(getComputedStyle(element).fontSize);
        if (size < smallestText) fault(`"${element.textContent}" has only ${size} px`);
        if (element.closest('.packet, .birth') && size < smallestDrawn)
          fault(`"${element.textContent}" in a drawing has only ${size} px`);
        if (element.closest('figure.code pre') && size < smallestCode) fault(`code has only ${size} px`);
      }
    }

    const blocks = [...section.querySelectorAll('.frame > :not(.body), .body > *')].filter(
      (element) => !element.matches('.hidden') && element.getBoundingClientRect().height > 0,
    );
    const texts = [...section.querySelectorAll<SVGTextElement>('svg text')];
    for (const [index, block] of blocks.entries()) {
      for (const other of blocks.slice(index + 1)) {
        if (overlap(block.getBoundingClientRect(), other.getBoundingClientRect())) {
          fault(`${name(block)} and ${name(other)} overlap`);
        }
      }
    }
    for (const [index, text] of texts.entries()) {
      for (const other of texts.slice(index + 1)) {
        if (overlap(lettersOf(text), lettersOf(other)))
          fault(`"${text.textContent}" and "${other.textContent}" overlap`);
      }
    }
  }
  return faults;
}
