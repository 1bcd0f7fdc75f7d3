import { traceUrl } from '../../trace/ids.ts';
import type { Exemplar } from '../../trace/page-data.ts';
import { classesOf } from '../frame/colors.ts';
import { Chart, type Line } from './chart.tsx';
import { rateText, secondsText, shareText } from './format.ts';
import { chosen, chosenExemplars, chosenIndicators, firstTime, shown } from './state.ts';

/** Room above the highest value. */
const HEADROOM = 1.08;
/** An axis shows at least this: requests per second, share, and s. */
const LOWEST_TOPS = { rate: 1, errors: 0.01, duration: 0.01 };

/** Rate, errors, and duration of what is chosen. */
export function Charts() {
  const exemplars = chosenExemplars.value.filter(({ time }) => time > firstTime.value);
  const rates = linesOf('rate');
  const shares = linesOf('errors');
  const durations = (['p50', 'p95', 'p99'] as const).map((name): Line => ({
    name,
    class: name,
    points: chosenIndicators.value![name],
  }));
  const durationTop = Math.max(
    topOf(durations, LOWEST_TOPS.duration),
    ...exemplars.map(({ duration }) => duration * HEADROOM),
  );
  return (
    <div class="charts">
      <Chart
        title="Rate"
        lines={rates}
        top={topOf(rates, LOWEST_TOPS.rate)}
        text={rateText}
        tickText={(rate) => `${rate}/s`}
      />
      <Chart
        title="Errors"
        lines={shares}
        top={topOf(shares, LOWEST_TOPS.errors)}
        text={shareText}
        tickText={(share) => `${exact(share * 100)} %`}
      />
      <Chart
        title="Duration"
        lines={durations}
        top={durationTop}
        text={secondsText}
        tickText={(seconds) => (seconds >= 1 ? `${exact(seconds)} s` : `${exact(seconds * 1_000)} ms`)}
        overlay={<Dots exemplars={exemplars} top={durationTop} />}
      />
    </div>
  );
}

/** A line for all instances together, and one for each instance, or only for the chosen one. */
function linesOf(indicator: 'rate' | 'errors'): Line[] {
  const { service, instance } = chosen.value!;
  const classes = classesOf(service.instances.map(({ name }) => name));
  const instances = instance ? [instance] : service.instances;
  return [
    { name: 'all instances', class: 'total', points: service.total[indicator] },
    ...instances.map((each) => ({
      name: each.name,
      class: classes.get(each.name)!,
      points: each[indicator],
    })),
  ];
}

function topOf(lines: readonly Line[], lowest: number): number {
  return Math.max(lowest, ...lines.flatMap(({ points }) => points).map((value) => (value ?? 0) * HEADROOM));
}

/** Without the digits that floating-point arithmetic adds. */
function exact(value: number): number {
  return Number(value.toPrecision(6));
}

/** A dot for each exemplar at its time and duration. It opens its trace; the list of exemplars has the same links. */
function Dots({ exemplars, top }: { exemplars: readonly Exemplar[]; top: number }) {
  const from = firstTime.value;
  const to = shown.value!.times.at(-1)!;
  return exemplars.map(({ traceId, instance, time, duration, status }) => (
    <a
      key={`${traceId} ${instance}`}
      class={status >= '500' ? 'dot failed' : 'dot'}
      href={traceUrl(traceId)}
      tabIndex={-1}
      title={`${secondsText(duration)}, status ${status}, ${instance}`}
      style={{ left: `${((time - from) / (to - from)) * 100}%`, bottom: `${(duration / top) * 100}%` }}
    />
  ));
}
