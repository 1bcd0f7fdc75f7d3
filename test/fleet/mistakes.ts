/** Mistakes that learners make in the third chapter, as in test/check/mistakes.ts. */
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';

const metrics = 'followers-api/metrics.ts';
const app = 'followers-api/app.ts';

/** Replaces text in the response to each scrape. */
function inScrapes(from: RegExp, to: string) {
  return (seen: Observation) => {
    for (const { path, response } of seen.calls.values()) {
      if (path === '/metrics' && response) response.body = response.body.replaceAll(from, to);
    }
  };
}

export const mistakes: Mistake[] = [
  {
    title: 'there is no route /metrics',
    step: 16,
    patch: { [app]: [["app.get('/metrics'", "app.get('/counts'"]] },
    edit(seen) {
      for (const { path, response } of seen.calls.values()) {
        if (path === '/metrics' && response) response.status = 404;
      }
    },
    expect: /^Each instance responds at \/metrics/,
    found: /^followers-api-\d responded to GET \/metrics with status 404/,
    cause: /^There is no such route/,
    file: app,
  },
  {
    title: 'the promise of the text is sent instead of the text',
    step: 16,
    patch: { [metrics]: [['await registry.metrics()', 'registry.metrics() as unknown as string']] },
    edit: inScrapes(/^[^]*$/g, '{}'),
    expect: /^Each instance responds at \/metrics/,
    cause: /await registry\.metrics\(\)/,
    file: app,
  },
  {
    title: 'the histogram has the name of its library example',
    step: 16,
    edit: inScrapes(/http_server_request_duration_seconds/g, 'http_request_duration'),
    expect: /^The durations of requests are in a histogram/,
    found: /but there is http_request_duration/,
    cause: /^It has another name/,
    file: metrics,
  },
  {
    title: 'a counter in place of the histogram',
    step: 16,
    edit: inScrapes(/http_server_request_duration_seconds_\w+/g, 'http_requests_total'),
    expect: /^The durations of requests are in a histogram/,
    cause: /^It is not a histogram/,
    file: metrics,
  },
  {
    title: 'requests are never observed',
    step: 16,
    edit: inScrapes(/^http_server_.*\n/gm, ''),
    expect: /^The durations of requests are in a histogram/,
    cause: /^Nothing has been observed/,
    file: metrics,
  },
  {
    title: 'the status is missing from the labels',
    step: 16,
    edit: inScrapes(/,?http_response_status_code="\d+"/g, ''),
    expect: /^The durations of requests are in a histogram/,
    found: /has no http_response_status_code/,
    cause: /^List the label in labelNames/,
    file: metrics,
  },
  {
    title: 'only successful requests are counted',
    step: 16,
    patch: {
      [app]: [
        ['const options = { schema, onResponse: countRequest };', 'const options = { schema };'],
        ['async ({ params }) =>', 'async (request, reply) =>'],
        [
          'const followers = await askForFollowers(params.name);',
          'const { params } = request;\n    const followers = await askForFollowers(params.name);\n    await countRequest(request, reply);',
        ],
      ],
    },
    expect: /^All instances together count each request once/,
    found: /with status 400, and its instances counted 0/,
    cause: /^Only successful requests are counted/,
    file: metrics,
  },
  {
    title: 'requests are counted twice',
    step: 16,
    edit: inScrapes(/(?<=^http_server_request_duration_seconds_count\{.*\}) (\d+)/gm, ' $10'),
    expect: /^All instances together count each request once/,
    cause: /^A request is counted more than once/,
    file: metrics,
  },
  {
    title: 'scrapes are counted',
    step: 16,
    edit: inScrapes(
      /^# EOF|$(?![^])/g,
      '\nhttp_server_request_duration_seconds_count{http_request_method="GET",http_route="/metrics",http_response_status_code="200"} 3\n',
    ),
    expect: /^All instances together count each request once/,
    cause: /^Scrapes and health checks are counted too/,
    file: metrics,
  },
  {
    title: 'the durations are in milliseconds',
    step: 16,
    edit: inScrapes(/(?<=^http_server_request_duration_seconds_sum\{.*\}) (\S+)/gm, ' 90000'),
    expect: /^The durations are in seconds/,
    cause: /^The durations are in milliseconds/,
    file: metrics,
  },
  {
    title: 'the clock is read when the request begins',
    step: 16,
    edit: inScrapes(/(?<=^http_server_request_duration_seconds_sum\{.*\}) (\S+)/gm, ' 0.0000001'),
    expect: /^The durations are in seconds/,
    cause: /stopped too early/,
    file: metrics,
  },
  {
    title: 'the buckets are those of the library',
    step: 16,
    edit: inScrapes(/^.*le="0\.3".*\n/gm, ''),
    expect: /^A bucket ends at the 300 ms/,
    cause: /^No bucket ends at 0\.3/,
    file: metrics,
  },
];
