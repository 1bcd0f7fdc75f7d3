/** npm run slides: serves the talk, builds it into a folder, or prints it as a PDF. */
import { aborted, interruption } from '../command-line/interruption.ts';
import { main, portNumber, readCommandLine } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';
import { buildDeck, writeDeck } from '../../tools/slides/build.ts';
import { schedules } from '../../tools/slides/model.ts';
import { printDeck } from '../../tools/slides/pdf.ts';
import { scheduleNamed } from '../../tools/slides/schedule.ts';
import { serveDeck } from '../../tools/slides/serve.ts';

const help = `
npm run slides [-- --port N] | [-- --build [FOLDER]] | [-- --pdf [FILE] [--notes] [--schedule NAME]]

Serves the talk at http://127.0.0.1:3030, and reloads it when you save a slide or a step.

  --port N         use another port
  --build          write the talk into a folder (slides-built), which you can open from disk or publish
  --pdf            print the talk to a file (slides.pdf) with the system's Chromium, one page per slide
  --notes          print the speaker's notes instead (notes.pdf): several slides per page, with pictures and, for a
                   schedule, the time at which each slide starts
  --schedule NAME  print only the slides of one schedule: ${Object.keys(schedules).join(', ')}
  --help           this text

Keys in the browser: → and ← go through the slides, Esc or O shows all slides, S opens the speaker window with notes
and clocks, T starts and pauses the timer of a slide, D switches between dark and light, F switches to full screen, B
makes the screen black, and ? lists all keys. In the URL, ?schedule=half-day selects the slides of the half day,
?theme=dark the dark theme, and ?start=09:30 makes the first slide count down to half past nine.
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
    positionals: 1,
  });
  const [target] = positionals;
  if (values.build && values.pdf) throw new UsageError('Use either --build or --pdf, not both.');
  if (!values.pdf && (values.notes || values.schedule !== undefined)) {
    throw new UsageError('--notes and --schedule need --pdf: npm run slides -- --pdf --notes.');
  }
  const schedule = scheduleNamed(values.schedule ?? '');
  if (values.schedule !== undefined && !schedule) {
    const known = Object.keys(schedules).join(', ');
    throw new UsageError(`There is no schedule "${values.schedule}". The schedules are ${known}.`);
  }
  if (target && !values.build && !values.pdf) {
    throw new UsageError(`Unexpected argument '${target}'; --help lists the options.`);
  }

  if (values.build) {
    const folder = target ?? 'slides-built';
    await writeDeck(await buildDeck(), folder);
    console.log(`The talk is in ${folder}: open index.html.`);
  } else if (values.pdf) {
    const file = target ?? (values.notes ? 'notes.pdf' : 'slides.pdf');
    await printDeck(await buildDeck(), file, { ...(schedule && { schedule }), notes: values.notes ?? false });
    console.log(`${values.notes ? 'The notes are' : 'The talk is'} in ${file}.`);
  } else {
    const served = await serveDeck(portNumber('--port', values.port ?? '3030'), (fault) =>
      console.error(fault),
    );
    console.log(`The talk is at ${served.url}; S opens the speaker window. Press Ctrl-C to stop it.`);
    await aborted(interruption.signal);
    await served.close();
  }
});
