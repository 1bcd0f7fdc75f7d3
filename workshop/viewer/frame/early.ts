// Runs before anything is drawn, so that a page never flashes in the other theme or size. It is no module, because
// modules wait for the document; the block keeps its names to itself.
{
  const { dataset } = document.documentElement;
  try {
    for (const name of ['theme', 'size']) {
      const chosen = localStorage.getItem(`viewer.${name}`);
      if (chosen !== null && /^[a-z]+$/.test(chosen)) dataset[name] = chosen;
    }
  } catch {
    // A browser that keeps nothing shows what the system asks for.
  }
}
