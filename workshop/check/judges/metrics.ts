/** Judges of what services expose at /metrics. Each call of the check with that path is one scrape of an instance. */
import { isDeepStrictEqual } from 'node:util';
import type { Failure, Judge } from '../lesson.ts';
import { caller } from '../observation.ts';
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
} from '../scrapes.ts';

const LABELS = ['http_request_method', 'http_route', 'http_response_status_code'];

/** run.ts says what the service promises: the shares from 0 to 1, and the time in seconds. */
export function promises(promised: object): Judge {
  return ({ run: { output } }) => {
    if (isDeepStrictEqual(output?.promise, promised)) return 'ok';
    const text =
      output?.promise === undefined ? 'no promise' : `the promise ${JSON.stringify(output.promise)}`;
    return {
      found: `run.ts passes ${text} to run().`,
      cause: `In numbers from 0 to 1 and in seconds, it is ${JSON.stringify(promised)}. Pass it in the last argument: { name: 'followers', promise }.`,
      file: caller,
      traces: [],
    };
  };
}

/** Each instance of the service responds at /metrics. */
export function exposesMetrics(service: string): Judge {
  return (seen) => {
    const failed = scrapesOf(seen).find(({ response }) => response?.status !== 200);
    if (failed) {
      const { status } = failed.response ?? {};
      return {
        found: `${failed.to} responded to GET /metrics ${status ? `with status ${status}` : `not at all (${failed.error})`}.`,
        cause:
          status === 404
            ? "There is no such route. Add app.get('/metrics', …), which sends the text of the registry."
            : 'The route throws. Look at its log line, and await registry.metrics(), which returns a promise.',
        file: `${service}/app.ts`,
        traces: [],
      };
    }
    const empty = scrapesOf(seen).find(({ response }) => samplesIn(response?.body).length === 0);
    if (!empty) return 'ok';
    return {
      found: `The response of ${empty.to} to GET /metrics contains no metric: ${empty.response!.body.slice(0, 80)}`,
      cause: 'Send the text of the registry: await registry.metrics().',
      file: `${service}/app.ts`,
      traces: [],
    };
  };
}

/** The histogram has its name, and each of its series has the labels. */
export function hasDurationHistogram(service: string): Judge {
  return (seen) => {
    const file = fileOf(service);
    const samples = samplesOf(seen);
    const counts = samples.filter(({ name }) => name === `${HISTOGRAM}_count`);
    if (counts.length === 0) return { ...noHistogram(samples, service), traces: [] };
    const bare = counts.find(({ labels }) => LABELS.some((label) => !labels[label]));
    if (!bare) return 'ok';
    const missing = LABELS.filter((label) => !bare.labels[label]).join(' and ');
    return {
      found: `A series of ${HISTOGRAM} has no ${missing}.`,
      cause: `List the label in labelNames, and pass its value to observe(). The labels are ${LABELS.join(', ')}.`,
      file,
      traces: [],
    };
  };
}

/** The counts of all instances together are the requests that they got, for each status. */
export function countsEachRequest(service: string): Judge {
  return (seen) => {
    const [sent, counted] = [sentByStatus(service, seen, 'all'), countedByStatus(seen)];
    const wrong = statusesOf(sent, counted).find((status) => sent.get(status) !== counted.get(status));
    if (wrong === undefined) return 'ok';

    const [expected, found] = [sent.get(wrong) ?? 0, counted.get(wrong) ?? 0];
    return {
      found: `${service} sent ${expected} responses with status ${wrong}, and its instances counted ${found}.`,
      cause: causeOfCount(wrong, found - expected, samplesOf(seen)),
      file: fileOf(service),
      traces: [],
    };
  };
}

/** The sum of the histogram is in seconds: not more than the callers waited, and not next to nothing. */
export function measuresSeconds(service: string): Judge {
  return (seen) => {
    const waited = requestsTo(service, seen)
      .filter(({ path }) => !NOT_COUNTED.has(path))
      .reduce((sum, { response, startMs }) => sum + (response ? response.endMs - startMs : 0), 0);
    const seconds = samplesOf(seen)
      .filter(({ name }) => name === `${HISTOGRAM}_sum`)
      .reduce((sum, { value }) => sum + value, 0);
    const found = `All requests together took ${(waited / 1_000).toFixed(2)} s, and the sum of the histogram is ${seconds.toFixed(3)}.`;
    const file = fileOf(service);
    if (seconds > (waited / 1_000) * 10) {
      return {
        found,
        cause: 'The durations are in milliseconds. Divide reply.elapsedTime by 1,000.',
        file,
        traces: [],
      };
    }
    if (seconds >= waited / 1_000 / 20) return 'ok';
    return {
      found,
      cause:
        'The clock is read too early or stopped too early. Measure when the response has been sent: reply.elapsedTime in onResponse.',
      file,
      traces: [],
    };
  };
}

/** A bucket ends at the duration that the service promises. */
export function hasBucketAt(service: string, seconds: number): Judge {
  return (seen) => {
    const ends = new Set(
      samplesOf(seen)
        .filter(({ name }) => name === `${HISTOGRAM}_bucket`)
        .map(({ labels }) => Number(labels['le'])),
    );
    if (ends.has(seconds)) return 'ok';
    return {
      found: `The buckets of the histogram end at ${[...ends].filter(Number.isFinite).join(', ')}.`,
      cause: `No bucket ends at ${seconds}, so the histogram does not say how many requests took at most ${seconds} s. Put ${seconds} into the buckets.`,
      file: fileOf(service),
      traces: [],
    };
  };
}

function fileOf(service: string): string {
  return `${service}/metrics.ts`;
}

function noHistogram(samples: Sample[], service: string): Failure {
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
    file: fileOf(service),
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
