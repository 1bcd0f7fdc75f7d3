/** npm run slides: the talk in a browser, as a folder, or as a PDF. */
import { once } from 'node:events';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine, wholeNumber } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';
import { buildDeck, writeDeck } from '../../tools/slides/build.ts';
import { schedules } from '../../tools/slides/model.ts';
import { printDeck } from '../../tools/slides/pdf.ts';
import { scheduleNamed } from '../../tools/slides/schedule.ts';
import { serveDeck } from '../../tools/slides/serve.ts';

const help = `
npm run slides [-- --port N] | [-- --build [FOLDER]] | [-- --pdf [FILE] [--notes] [--schedule NAME]]

Serves the talk at http://127.0.0.1:3030, and loads it again when slides/ or a step is saved.

  --port N         another port
  --build          write the talk into a folder (slides-built) that opens from disk and can be published as it is
  --pdf            print the talk into a file (slides.pdf) with the system's Chromium, a page a slide
  --notes          print the speaker's notes instead (notes.pdf), a sheet of A4 a slide
  --schedule NAME  print the slides of one schedule alone: ${Object.keys(schedules).join(', ')}
  --help           this text

In the browser: right and left go through the slides, Esc or O shows all of them, S opens the speaker's window with
notes and clocks, T starts and pauses the timer of a slide, D changes between dark and light, F fills the screen, B makes
it black, ? lists every key. In the address, ?schedule=half-day shows the slides of the half day, ?theme=dark the dark
ones.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: {
      port: { type: 'string' },
      build: { type: 'boolean' },
      pdf: { type: 'boolean' },
      notes: { type: 'boolean' },
      schedule: { type: 'string' },
    },
    positionals: true,
  });
  const [target, ...more] = positionals;
  if (values.build && values.pdf) throw new UsageError('Either --build or --pdf, not both.');
  if (!values.pdf && (values.notes || values.schedule !== undefined)) {
    throw new UsageError('--notes and --schedule belong to --pdf: npm run slides -- --pdf --notes.');
  }
  const schedule = scheduleNamed(values.schedule ?? '');
  if (values.schedule !== undefined && !schedule) {
    const known = Object.keys(schedules).join(', ');
    throw new UsageError(`"${values.schedule}" is no schedule; there are ${known}.`);
  }
  if (more.length > 0 || (target && !values.build && !values.pdf)) {
    throw new UsageError(`"${more[0] ?? target}" is one word too many; --help lists the options.`);
  }

  if (values.build) {
    const folder = target ?? 'slides-built';
    await writeDeck(await buildDeck(), folder);
    console.log(`The talk is in ${folder}: open index.html there.`);
  } else if (values.pdf) {
    const file = target ?? (values.notes ? 'notes.pdf' : 'slides.pdf');
    await printDeck(await buildDeck(), file, { ...(schedule && { schedule }), notes: values.notes ?? false });
    console.log(`${values.notes ? 'The notes are' : 'The talk is'} in ${file}.`);
  } else {
    const served = await serveDeck(wholeNumber('--port', values.port ?? '3030'), (fault) =>
      console.error(fault),
    );
    console.log(`The talk is at ${served.url}; S opens the speaker's window. Ctrl-C ends it.`);
    if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
    await served.close();
  }
});
