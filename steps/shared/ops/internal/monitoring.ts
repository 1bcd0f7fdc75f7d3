/** DeployedVersion and Alerts, which ask Prometheus. */
import { messageOf } from '#workshop/errors';
import type { Prometheus } from '#workshop/backend/indicators/prometheus';
import type { AlertsReq, AlertsResp, DeployedVersionReq, DeployedVersionResp } from '../proto/messages.ts';
import { Failure } from './failure.ts';
import { invalid, readName, readNs, readPairs } from './read-request.ts';

const TIMEOUT_MS = 5_000;
const STATES = ['pending', 'firing'];

/** Says which version each instance of a service runs: the label of its metric `build_info`. */
export async function deployedVersion(
  prometheus: Prometheus,
  request: DeployedVersionReq,
): Promise<DeployedVersionResp> {
  const service = readName('service', request.service);
  const expression = `build_info{job=${JSON.stringify(service)}}`;
  const found = await available(prometheus.now(expression));
  if (found.length === 0)
    throw new Failure('NOT_FOUND', `No instance of "${service}" says which version it runs.`);
  const instances = found
    .map(({ labels }) => ({ instance: labels['instance'] ?? '', version: labels['version'] ?? '' }))
    .toSorted((a, b) => a.instance.localeCompare(b.instance, 'en', { numeric: true }));
  return {
    instances,
    differ: new Set(instances.map(({ version }) => version)).size > 1,
    url: `${await available(startPage(prometheus))}?${new URLSearchParams({ 'g0.expr': expression, 'g0.tab': '1' })}`,
  };
}

/** Lists alerts: those with all the labels, in one of the states, that were active at a given time. The earliest come first. */
export async function alerts(prometheus: Prometheus, request: AlertsReq): Promise<AlertsResp> {
  const labels = readPairs('labels', request.labels);
  const unknown = request.states.find((state) => !STATES.includes(state));
  if (unknown !== undefined)
    throw invalid(`"${unknown}" is not a state: the states are ${STATES.join(' and ')}.`);
  const activeAtUs = readNs('active_at', request.active_at);

  const found = (await available(prometheus.alerts())).filter(
    (alert) =>
      labels.every(([name, value]) => alert.labels[name] === value) &&
      (request.states.length === 0 || request.states.includes(alert.state)) &&
      (activeAtUs === undefined || Date.parse(alert.activeAt) * 1_000 <= activeAtUs),
  );
  return {
    alerts: found
      .toSorted((a, b) => Date.parse(a.activeAt) - Date.parse(b.activeAt))
      .map(({ labels: own, state, value, activeAt, annotations }) => ({
        labels: { ...own },
        state,
        value: Number(value),
        active_at: String(BigInt(Date.parse(activeAt)) * 1_000_000n),
        summary: annotations['summary'] ?? '',
      })),
    url: new URL('alerts', await available(startPage(prometheus))).href,
  };
}

/**
 * The URL of the page to which Prometheus redirects from `/`, which shows the result of an expression. Its name and its
 * folder depend on the version: Debian's Prometheus has its pages in `/classic`.
 */
async function startPage({ url }: Prometheus): Promise<string> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { headers } = await fetch(`${url}/`, { redirect: 'manual', signal });
  return new URL(headers.get('location') ?? '/graph', url).href;
}

async function available<Result>(asked: Promise<Result>): Promise<Result> {
  try {
    return await asked;
  } catch (error) {
    throw new Failure('UNAVAILABLE', messageOf(error));
  }
}
