// Runs before the page is drawn, so that it never flashes in the wrong theme or size. It isn't a module, because
// modules wait for the document; the block keeps its variables local.
{
  const { dataset } = document.documentElement;
  if (self !== top) dataset['framed'] = ''; // in the page of npm run lesson
  try {
    for (const name of ['theme', 'size', 'explanations', 'names']) {
      const chosen = localStorage.getItem(`viewer.${name}`);
      if (chosen !== null && /^[a-z]+$/.test(chosen)) dataset[name] = chosen;
    }
  } catch {
    // Without storage, the page uses the system's theme.
  }
}
