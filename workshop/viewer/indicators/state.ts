/** The state of the indicators page. The chosen service and instance are in the URL. */
import { computed, effect, signal } from '@preact/signals';
import type {
  Alert,
  AlertsResponse,
  Exemplar,
  Indicators,
  IndicatorsResponse,
  Measured,
} from '../../trace/page-data.ts';
import { poll } from '../frame/live.ts';

/** What the charts show: one instance of a service, or with an empty name all of them together. */
export interface Choice {
  service: string;
  instance: string;
}

export const response = signal<IndicatorsResponse | undefined>(undefined);
export const alerts = signal<readonly Alert[]>([]);
/** Whether the charts show new points automatically. */
export const isLive = signal(true);
/** Whether the reader uses the charts or the exemplars by pointer or keyboard. In that case, they must not move. */
export const isReading = signal(false);
/** The time at which the reader looks, in s since 1970; undefined for the latest. */
export const cursorTime = signal<number | undefined>(undefined);
/** What the charts and the exemplars show, which is older than the response while the reader looks at it. */
export const shown = signal<Measured | undefined>(undefined);

const wanted = signal<Choice>(choiceIn(location.search));

/** The service and the instance that the charts show: as chosen, or else the first service. Undefined without services. */
export const chosen = computed(() => {
  const services = shown.value?.services ?? [];
  const service = services.find(({ name }) => name === wanted.value.service) ?? services[0];
  if (!service) return undefined;
  const instance = service.instances.find(({ name }) => name === wanted.value.instance);
  return { service, instance };
});

/** The indicators of which the charts show the duration. */
export const chosenIndicators = computed<Indicators | undefined>(
  () => chosen.value?.instance ?? chosen.value?.service.total,
);

/** The charts show the shortest of these times, in s, that contains all points, so that one minute isn't a thin stripe. */
const WINDOWS = [120, 300, 900];

/** The first time that the charts show, in s since 1970. */
export const firstTime = computed(() => {
  const { times = [], services = [] } = shown.value ?? {};
  const last = times.at(-1) ?? 0;
  const firstPoint =
    times.find((_, index) => services.some(({ total }) => total.rate[index] !== null)) ?? last;
  return last - WINDOWS.find((seconds) => last - seconds <= firstPoint)!;
});

/** The slowest first. */
export const chosenExemplars = computed<readonly Exemplar[]>(() => {
  if (!chosen.value) return [];
  const { service, instance } = chosen.value;
  return service.exemplars.filter((exemplar) => !instance || exemplar.instance === instance.name);
});

/** The index of the point at which the reader looks; by default, of the latest. */
export const cursorIndex = computed(() => {
  const times = shown.value?.times ?? [];
  const index = times.findIndex((time) => time >= (cursorTime.value ?? Infinity));
  return index < 0 ? times.length - 1 : index;
});

poll<IndicatorsResponse>(
  () => '/viewer/indicators',
  ({ data, problem }) => (response.value = problem ? { missing: problem } : data),
);
poll<AlertsResponse>(
  () => '/viewer/alerts',
  ({ data }) => {
    if (data) alerts.value = data;
  },
);
addEventListener('popstate', () => void (wanted.value = choiceIn(location.search)));

/** Shows the latest response, unless the reader is looking at an earlier one. */
effect(() => {
  const latest = response.value;
  if (!latest) return;
  if ('missing' in latest) shown.value = undefined;
  else if (!shown.peek() || (isLive.value && !isReading.value)) shown.value = latest;
});

/** Whether new values are shown when they arrive. */
export function setLive(live: boolean): void {
  isLive.value = live;
}

export function choose(choice: Choice): void {
  wanted.value = choice;
  history.pushState(null, '', urlOf(choice));
}

/** The address of the page with this choice. */
export function urlOf({ service, instance }: Choice): string {
  const parameters = new URLSearchParams({ service });
  if (instance !== '') parameters.set('instance', instance);
  return `/indicators?${parameters}`;
}

function choiceIn(search: string): Choice {
  const parameters = new URLSearchParams(search);
  return { service: parameters.get('service') ?? '', instance: parameters.get('instance') ?? '' };
}

/** Moves the cursor by some points, or to the latest with `undefined`. */
export function moveCursor(points: number | undefined): void {
  const times = shown.value?.times ?? [];
  const index = Math.max(0, Math.min(times.length - 1, cursorIndex.value + (points ?? 0)));
  cursorTime.value = points === undefined ? undefined : times[index];
}
