import { computed } from '@preact/signals';
import type { Indicators, InstanceIndicators, ServiceIndicators } from '../../trace/page-data.ts';
import { serviceClass } from '../frame/colors.ts';
import { rateText, secondsFormatter, shareText } from './format.ts';
import { choose, chosen, type Choice, cursorIndex, shown, urlOf } from './state.ts';

/** A row for each service and each of its instances, with the values at the cursor. A row chooses what the charts show. */
export function IndicatorTable() {
  return (
    <div class="table-scroll" role="region" aria-label="Table of indicators" tabIndex={0}>
      <table class="indicator-table">
        <thead>
          <tr>
            <th scope="col">Service and instance</th>
            {['Rate', 'Errors', 'p50', 'p95', 'p99', 'Event loop'].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {shown.value!.services.map((service) => (
          <ServiceRows key={service.name} service={service} />
        ))}
      </table>
    </div>
  );
}

/** Formats a duration of the table. It depends on all points, so that a moving cursor changes neither unit nor digits. */
const format = computed(() =>
  secondsFormatter(
    (shown.value?.services ?? [])
      .flatMap(({ total, instances }) => [total, ...instances])
      .flatMap(({ p50, p95, p99 }) => [...p50, ...p95, ...p99]),
  ),
);

function ServiceRows({ service: { name, total, instances } }: { service: ServiceIndicators }) {
  return (
    <tbody>
      <Row choice={{ service: name, instance: '' }} text={name} indicators={total} />
      {instances.map((instance) => (
        <Row
          key={instance.name}
          choice={{ service: name, instance: instance.name }}
          text={instance.name}
          indicators={instance}
          instance={instance}
        />
      ))}
    </tbody>
  );
}

const states = { up: '', gone: 'gone', silent: 'stopped counting' };

function Row({
  choice,
  text,
  indicators: { rate, errors, p50, p95, p99 },
  instance,
}: {
  choice: Choice;
  text: string;
  indicators: Indicators;
  instance?: InstanceIndicators;
}) {
  const at = cursorIndex.value;
  const isChosen =
    chosen.value?.service.name === choice.service && (chosen.value.instance?.name ?? '') === choice.instance;
  const failed = (errors[at] ?? 0) > 0;
  return (
    <tr
      class={`${instance ? 'of-instance' : `of-service ${serviceClass(text)}`} ${isChosen ? 'chosen' : ''}`}
    >
      <th scope="row">
        <a
          class="choice"
          href={urlOf(choice)}
          aria-current={isChosen ? 'true' : undefined}
          onClick={(event) => {
            event.preventDefault();
            choose(choice);
          }}
        >
          {!instance && <span class="swatch" aria-hidden="true" />}
          <bdi>{text}</bdi>
        </a>
        {instance && instance.state !== 'up' && <strong class="failed"> {states[instance.state]}</strong>}
      </th>
      <td class="number">{rateText(rate[at]!)}</td>
      <td class={failed ? 'number failed' : 'number'}>{shareText(errors[at]!)}</td>
      <td class="number">{format.value(p50[at]!)}</td>
      <td class="number">{format.value(p95[at]!)}</td>
      <td class="number">{format.value(p99[at]!)}</td>
      <td class="number">{instance && shareText(instance.eventLoop)}</td>
    </tr>
  );
}
