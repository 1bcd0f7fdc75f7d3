/** Judges of what services expose at /metrics. Each call of the check with that path is one scrape of an instance. */
import { isDeepStrictEqual } from 'node:util';
import type { Failure, Judge } from '../lesson.ts';
import { caller, type Observation } from '../observation.ts';
import { errorInFile } from '../printed.ts';
import {
  countedByStatus,
  HISTOGRAM,
  NOT_COUNTED,
  requestsTo,
  type Sample,
  samplesIn,
  samplesOf,
  scrapesOf,
  sentByStatus,
  statusesOf,
  total,
} from '../scrapes.ts';
import { about, type Fault } from './about.ts';

const LABELS = ['http_request_method', 'http_route', 'http_response_status_code'];

/** Each instance of the service responds at /metrics. */
export function exposesMetrics(service: string): Judge {
  return about({ file: `${service}/app.ts`, traces: [] }, (seen) => {
    const failed = scrapesOf(seen).find(({ response }) => response?.status !== 200);
    if (failed) {
      const { status } = failed.response ?? {};
      return {
        found: status
          ? `${failed.to} responded to GET /metrics with status ${status}.`
          : `${failed.to} did not respond to GET /metrics (${failed.error}).`,
        cause:
          status === 404
            ? "There is no such route. Add app.get('/metrics', …), which sends the text of the registry."
            : 'The route throws. Look at its log line, and await registry.metrics(), which returns a promise.',
      };
    }
    const empty = scrapesOf(seen).find(({ response }) => samplesIn(response?.body).length === 0);
    if (!empty) return 'ok';
    return {
      found: `The response of ${empty.to} to GET /metrics contains no metric: ${empty.response!.body.slice(0, 80)}`,
      cause: 'Send the text of the registry: await registry.metrics().',
    };
  });
}

/** The histogram has its name, and each of its series has the labels. */
export function hasDurationHistogram(service: string): Judge {
  return about({ file: fileOf(service), traces: [] }, (seen) => {
    const samples = samplesOf(seen);
    const names = new Set(samples.map(({ name }) => name));
    if (!names.has(`${HISTOGRAM}_count`)) {
      return { ...noHistogram(samples), ...errorOfObserve(seen, service) };
    }
    if (!names.has(`${HISTOGRAM}_bucket`)) {
      return {
        found: `${HISTOGRAM} has no buckets.`,
        cause:
          'It is a summary, not a histogram. Prometheus can add up the buckets of several instances, but not their percentiles.',
      };
    }
    return faultOfLabels(seen, service) ?? 'ok';
  });
}

const ROUTELESS =
  'Something is counted besides the SERVER spans, which are the ones with a route; or the attribute has another name.';

/** Why the labels of the histogram are not those of the conventions; undefined if they are. */
export function faultOfLabels(seen: Observation, service: string): Fault | undefined {
  const all = samplesOf(seen).filter(({ name }) => name === `${HISTOGRAM}_count`);
  for (const { labels } of all) {
    const missing = LABELS.filter((label) => labels[label] === undefined);
    if (missing.length > 0) {
      const others = Object.keys(labels).filter((label) => !LABELS.includes(label));
      return {
        found: `A series of ${HISTOGRAM} has no ${missing.join(' or ')}${others.length > 0 ? `, but ${others.join(' and ')}` : ''}.`,
        cause: `List the label in labelNames, and pass its value to observe(). The labels are ${LABELS.join(', ')}.`,
      };
    }
    const empty = LABELS.find((label) => /^(?:undefined)?$/.test(labels[label]!));
    if (empty) {
      return {
        found: `A series of ${HISTOGRAM} has the label ${empty}="${labels[empty]}".`,
        cause:
          empty === 'http_route'
            ? ROUTELESS
            : 'The value is undefined when it is passed to observe(): the property or the attribute has another name, or it is not set yet. When a span starts, for example, the status is not set yet.',
      };
    }
    const status = labels['http_response_status_code']!;
    if (!/^\d{3}$/.test(status)) {
      return {
        found: `A series of ${HISTOGRAM} has the label http_response_status_code="${status}".`,
        cause:
          'The status is a three-digit number, such as 502. Queries select a class of statuses: =~"5..".',
      };
    }
  }
  const paths = new Set(requestsTo(service, seen).map(({ path }) => path));
  const path = all.map(({ labels }) => labels['http_route']!).find((route) => paths.has(route));
  if (path === undefined || NOT_COUNTED.has(path)) return undefined;
  return {
    found: `A series of ${HISTOGRAM} has the label http_route="${path}", which is the path of one request.`,
    cause:
      'Each user would get series of their own, and Prometheus would run out of memory. Use the route, /followers/:name.',
  };
}

/** The caller writes down what the service promises. */
export function promises(promised: object): Judge {
  return about({ file: caller, traces: [] }, ({ run }) => {
    const found = run.output?.promise;
    if (isDeepStrictEqual(found, promised)) return 'ok';
    return {
      found: found ? `${caller} promises ${JSON.stringify(found)}.` : `${caller} passes no promise to run().`,
      cause: `Shares are numbers from 0 to 1: await run(…, { name: 'followers', promise }), where the promise is ${JSON.stringify(promised)}.`,
    };
  });
}

/** The counts of all instances together are the requests that they got, for each status. */
export function countsEachRequest(service: string): Judge {
  return about({ file: fileOf(service), traces: [] }, (seen) => {
    const [sent, counted] = [sentByStatus(service, seen, 'all'), countedByStatus(seen)];
    const wrong = statusesOf(sent, counted).find((status) => sent.get(status) !== counted.get(status));
    if (wrong === undefined) return 'ok';

    const [expected, found] = [sent.get(wrong) ?? 0, counted.get(wrong) ?? 0];
    return {
      found: `${service} sent ${expected} responses with status ${wrong}, and its instances counted ${found}.`,
      cause:
        found > expected && total(counted) <= total(sent)
          ? 'The status is read before it is set, so an error is counted as a success. Count in onResponse, which runs when the response has been sent.'
          : causeOfCount(wrong, found - expected, samplesOf(seen)),
      ...errorOfObserve(seen, service),
    };
  });
}

/** The sum of the histogram is in seconds: not more than the callers waited, and not next to nothing. */
export function measuresSeconds(service: string): Judge {
  return about({ file: fileOf(service), traces: [] }, (seen) => {
    const waited = requestsTo(service, seen)
      .filter(({ path }) => !NOT_COUNTED.has(path))
      .reduce((sum, { response, startMs }) => sum + (response ? response.endMs - startMs : 0), 0);
    const seconds = samplesOf(seen)
      .filter(({ name }) => name === `${HISTOGRAM}_sum`)
      .reduce((sum, { value }) => sum + value, 0);
    const found = `All requests together took ${(waited / 1_000).toFixed(2)} s, and the sum of the histogram is ${seconds.toFixed(3)}.`;
    if (seconds > (waited / 1_000) * 10) {
      return { found, cause: 'The durations are in milliseconds. Divide reply.elapsedTime by 1,000.' };
    }
    if (seconds >= waited / 1_000 / 20) return 'ok';
    return {
      found,
      cause:
        'The measurement starts too late or stops too early. Measure when the response has been sent: reply.elapsedTime in onResponse.',
    };
  });
}

/** A bucket ends at the duration that the service promises. */
export function hasBucketAt(service: string, seconds: number): Judge {
  return about({ file: fileOf(service), traces: [] }, (seen) => {
    const ends = new Set(
      samplesOf(seen)
        .filter(({ name }) => name === `${HISTOGRAM}_bucket`)
        .map(({ labels }) => Number(labels['le'])),
    );
    if (ends.has(seconds)) return 'ok';
    return {
      found: `The buckets of the histogram end at ${[...ends].filter(Number.isFinite).join(', ')}.`,
      cause: `No bucket ends at ${seconds}, so the histogram does not say how many requests took at most ${seconds} s. Put ${seconds} into the buckets.`,
    };
  });
}

function fileOf(service: string): string {
  return `${service}/metrics.ts`;
}

/** The error that counting a request threw, as a cause; undefined if the service logged none. */
function errorOfObserve({ lines, folder }: Observation, service: string): Partial<Failure> | undefined {
  const error = errorInFile(lines.get(service)!, folder, fileOf(service));
  return error && { cause: `It threw ${error.message}.`, file: error.place!, lines: error.lines };
}

function noHistogram(samples: Sample[]): Fault {
  const own = samples.filter(({ name }) => !/^(?:nodejs|process)_/.test(name));
  const similar = own.find(({ name }) => /request|http/.test(name))?.name;
  const counter = similar && !/_(?:bucket|sum|count)$/.test(similar);
  return {
    found: similar
      ? `There is no histogram ${HISTOGRAM}, but there is ${similar}.`
      : `There is no histogram ${HISTOGRAM}.`,
    cause: !similar
      ? `Nothing has been observed. Call observe() for each request, and register the histogram in the registry that /metrics sends.`
      : counter
        ? 'It is not a histogram. A histogram counts the requests too, and says how long they took.'
        : `It has another name. Dashboards and alerts look for ${HISTOGRAM}, the name of the semantic conventions.`,
  };
}

function causeOfCount(status: string, difference: number, samples: Sample[]): string {
  const routes = samples.map(({ labels }) => labels['http_route']);
  if (difference > 0) {
    return routes.some((route) => NOT_COUNTED.has(route ?? ''))
      ? 'Scrapes and health checks are counted too, but no client of the service makes them. Leave them out.'
      : 'A request is counted more than once. Count it in one place, when its response has been sent.';
  }
  return status.startsWith('2')
    ? 'Not every request is counted. Count it in onResponse, which runs for each response.'
    : 'Only successful requests are counted. Count in onResponse, which runs for errors too, with reply.statusCode.';
}
