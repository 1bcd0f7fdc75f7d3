import { counted } from '../../trace/numbers.ts';
import { traceUrl } from '../../trace/ids.ts';
import type { Alert } from '../../trace/page-data.ts';
import { agoNow } from '../frame/clock.ts';
import { alerts, choose, urlOf } from './state.ts';

/** The alerts, in a box that keeps its height, so that an alert that starts to fire moves nothing. */
export function Alerts() {
  const firing = alerts.value.filter(({ isFiring }) => isFiring);
  return (
    <section class={`alerts ${firing.length > 0 ? 'firing' : ''}`} aria-labelledby="alerts-title">
      <h2 id="alerts-title">
        <span role="status">
          {firing.length === 0
            ? 'No alert is firing'
            : `${counted(firing.length, 'alert')} ${firing.length === 1 ? 'is' : 'are'} firing`}
        </span>
      </h2>
      <ul class="alert-list" tabIndex={0} aria-label="Alerts">
        {alerts.value.map((alert) => (
          <AlertLine key={`${alert.name} ${alert.service} ${alert.instance}`} alert={alert} />
        ))}
      </ul>
    </section>
  );
}

function AlertLine({
  alert: { name, isFiring, sinceMs, summary, service, instance, traceId },
}: {
  alert: Alert;
}) {
  return (
    <li class={isFiring ? 'alert' : 'alert pending'}>
      <span class={isFiring ? 'error-sign' : 'warning-sign'} aria-hidden="true" />
      <span>{isFiring ? 'firing' : 'pending'}</span>
      {service === '' ? (
        <strong>{name}</strong>
      ) : (
        <a
          href={urlOf({ service, instance })}
          title={`Show ${instance || service}`}
          onClick={(event) => {
            event.preventDefault();
            choose({ service, instance });
          }}
        >
          <strong>{name}</strong>
        </a>
      )}
      <bdi class="cut">{summary || [service, instance].filter(Boolean).join(' ')}</bdi>
      {traceId !== '' && <a href={traceUrl(traceId)}>example trace</a>}
      <small>{agoNow(sinceMs * 1_000)}</small>
    </li>
  );
}
