import { effect } from '@preact/signals';
import { setServices } from '../frame/colors.ts';
import { drawPage } from '../frame/frame.tsx';
import { bindKeys } from '../frame/keys.tsx';
import { listKeys } from '../frame/list-keys.ts';
import { LiveSwitch } from '../frame/live-switch.tsx';
import { readingHandlers } from '../frame/reading.ts';
import { Alerts } from './alerts.tsx';
import { Charts } from './charts.tsx';
import { Exemplars } from './exemplars.tsx';
import { chosen, firstTime, isLive, isReading, moveCursor, response, setLive, shown } from './state.ts';
import { IndicatorTable } from './table.tsx';

function IndicatorsPage() {
  if (!response.value) return null;
  if ('missing' in response.value) return <NoPrometheus why={response.value.missing} />;
  return (
    <>
      <h1 class="hidden-text">Indicators</h1>
      <Alerts />
      {chosen.value ? <Measurements /> : <NoRequests />}
    </>
  );
}

function Measurements() {
  const { service, instance } = chosen.value!;
  const minutes = (shown.value!.times.at(-1)! - firstTime.value) / 60;
  return (
    <>
      <div class="charts-head strip">
        <h2>
          <bdi>{service.name}</bdi>{' '}
          <small>
            {instance
              ? instance.name
              : service.instances.length === 1
                ? 'its only instance'
                : `all ${service.instances.length} instances`}
            , last {minutes} minutes
          </small>
        </h2>
        <LiveSwitch what="New points appear in the charts" isLive={isLive} setLive={setLive} />
        <p class="paused">{isLive.value && isReading.value && 'paused while you read'}</p>
      </div>
      <div {...readingHandlers(isReading)}>
        <Charts />
      </div>
      <IndicatorTable />
      <div {...readingHandlers(isReading)}>
        <Exemplars />
      </div>
    </>
  );
}

function NoPrometheus({ why }: { why: string }) {
  return (
    <div class="empty-view">
      <h1>There are no indicators</h1>
      <p>{why}</p>
      <p>
        From step 16 on, the workshop starts Prometheus, which collects the indicators of services. To use a
        Prometheus that you started yourself, set its address:
      </p>
      <pre>
        <code>PROMETHEUS_URL=http://localhost:9090 npm run backend</code>
      </pre>
    </div>
  );
}

function NoRequests() {
  return (
    <div class="empty-view">
      <h1>No service has counted a request yet</h1>
      <p>
        Prometheus has no values of <code>http_server_request_duration_seconds</code> from the last 15
        minutes. Make a call, and the indicators appear here:
      </p>
      <pre>
        <code>npx tsx run.ts</code>
      </pre>
    </div>
  );
}

bindKeys(
  ...listKeys({ selector: '.choice', what: 'service or instance' }, isLive, setLive),
  { keys: ['Enter'], description: 'show it in the charts' },
  { keys: ['ArrowLeft', 'a'], description: 'show the values of an earlier time', run: () => moveCursor(-1) },
  { keys: ['ArrowRight', 'd'], description: 'show the values of a later time', run: () => moveCursor(1) },
  { keys: ['Escape'], description: 'show the latest values', run: () => moveCursor(undefined) },
);
effect(() => setServices(shown.value?.services.map(({ name }) => name) ?? []));
drawPage(<IndicatorsPage />);
