/** Mistakes that learners make in the third chapter, as in test/check/mistakes.ts. */
import { TDigest } from 'tdigest';
import { type Method, resultsOf } from '#shared/fleet/compare.ts';
import { measure, percentileOf, percentileOfDigest } from '#shared/fleet/measured.ts';
import { sampleInstances } from '#shared/fleet/samples.ts';
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';
import { testRules } from './rules.ts';

const metrics = 'followers-api/metrics.ts';
const app = 'followers-api/app.ts';
const rules = 'monitoring/rules.yml';
const percentiles = 'percentiles.ts';
const tracing = 'followers-api/tracing.ts';

/** The line of step 17 that sets the format of the registry. */
const setFormat = 'registry.setContentType(openMetricsContentType); // the format that has exemplars\n';

/** Replaces text in the response to each scrape. */
function inScrapes(from: RegExp, to: string) {
  return (seen: Observation) => {
    for (const { path, response } of seen.calls.values()) {
      if (path === '/metrics' && response) response.body = response.body.replace(from, to);
    }
  };
}

/** Replaces text in the rules of step 18. */
function inRules(from: string | RegExp, to: string) {
  return async (seen: Observation) => {
    seen.ruleTests = await testRules((text) => text.replace(from, to));
  };
}

/** Replaces methods of step 19 in what its compare.ts printed. */
function inMethods(methods: Record<string, Method | undefined>) {
  return (seen: Observation) => {
    const instances = sampleInstances().map(({ durations }) => measure(durations));
    const { stdout } = seen.programs.get('compare.ts')!;
    const printed = JSON.parse(stdout.at(-1)!) as Record<string, unknown>;
    for (const [name, method] of Object.entries(methods))
      printed[name] = method && resultsOf({ [name]: method }, instances)[name];
    seen.programs.set('compare.ts', { stdout: [JSON.stringify(printed)], stderr: [] });
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
    title: 'the labels are those of another convention',
    step: 16,
    edit: inScrapes(/http_response_status_code=/g, 'status='),
    expect: /^The durations of requests are in a histogram/,
    found: /has no http_response_status_code, but status/,
    cause: /^List the label in labelNames/,
    file: metrics,
  },
  {
    title: 'the label is not listed',
    step: 16,
    patch: { [metrics]: [['http_response_status_code: reply.statusCode', 'status: reply.statusCode']] },
    expect: /^The durations of requests are in a histogram/,
    cause: /^It threw Error: Added label "status" is not included in initial labelset/,
    file: /^followers-api\/metrics\.ts:\d+$/,
  },
  {
    title: 'the status is a class',
    step: 16,
    edit: inScrapes(/(?<=http_response_status_code=")(\d)\d\d/g, '$1xx'),
    expect: /^The durations of requests are in a histogram/,
    found: /http_response_status_code="\dxx"/,
    cause: /^The status is a three-digit number/,
    file: metrics,
  },
  {
    title: 'the route is the path of the request',
    step: 16,
    patch: {
      [metrics]: [
        ['routeOptions.url!', 'url'],
        ['{ method, routeOptions }', '{ method, url }'],
      ],
    },
    edit: inScrapes(/(?<=http_route=")\/followers\/:name/g, '/followers/ada'),
    expect: /^The durations of requests are in a histogram/,
    found: /http_route="\/followers\/\w+", which is the path of one request/,
    cause: /^Each user would get series of their own/,
    file: metrics,
  },
  {
    title: 'a summary in place of the histogram',
    step: 16,
    edit: inScrapes(/^http_server_request_duration_seconds_bucket.*\n/gm, ''),
    expect: /^The durations of requests are in a histogram/,
    cause: /^It is a summary/,
    file: metrics,
  },
  {
    title: 'the status is read when the request begins',
    step: 16,
    patch: { [app]: [['onResponse: countRequest', 'onRequest: countRequest']] },
    edit: inScrapes(/(?<=http_response_status_code=")\d+/g, '200'),
    expect: /^All instances together count each request once/,
    cause: /^The status is read before it is set/,
    file: metrics,
  },
  {
    title: 'the promise is not passed on',
    step: 16,
    edit: ({ run }) => delete run.output!.promise,
    expect: /^run\.ts promises that 99 %/,
    found: /passes no promise/,
    cause: /await run\(…, \{ name: 'followers', promise \}\)/,
    file: 'run.ts',
  },
  {
    title: 'the promise is in percent and milliseconds',
    step: 16,
    edit: ({ run }) => (run.output!.promise = { available: 99, fast: { share: 95, withinSeconds: 300 } }),
    expect: /^run\.ts promises that 99 %/,
    found: /"available":99/,
    cause: /^Shares are numbers from 0 to 1/,
    file: 'run.ts',
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
    cause: /stops too early/,
    file: metrics,
  },
  {
    title: 'the buckets are those of the library',
    step: 16,
    edit: inScrapes(/^.*le="0\.3".*\n/gm, ''),
    expect: /^A bucket ends at the promised 300 ms/,
    cause: /^No bucket ends at 0\.3/,
    file: metrics,
  },
  {
    title: 'the processor is not added',
    step: 17,
    patch: { [tracing]: [[', new RequestCounter()', '']] },
    edit: inScrapes(/^http_server_.*\n/gm, ''),
    expect: /^All instances together still count each request once/,
    found: /with status 200, and its instances counted 0/,
    cause: /^No span reaches the histogram/,
    file: tracing,
  },
  {
    title: 'requests are counted by hand, too',
    step: 17,
    edit: inScrapes(/(?<=^http_server_request_duration_seconds_count\{.*\}) (\d+)/gm, ' $10'),
    expect: /^All instances together still count each request once/,
    cause: /^Something is counted besides the SERVER spans/,
    file: metrics,
  },
  {
    title: 'the requests to social-api are counted, too',
    step: 17,
    patch: { [metrics]: [['span.kind !== SpanKind.SERVER', '!span.attributes[ATTR_HTTP_REQUEST_METHOD]']] },
    expect: /^All instances together still count each request once/,
    cause: /^Something is counted besides the SERVER spans/,
    file: metrics,
  },
  {
    title: 'errors are left out',
    step: 17,
    edit: inScrapes(/^http_server_.*http_response_status_code="400".*\n/gm, ''),
    expect: /^All instances together still count each request once/,
    cause: /^The processor leaves requests out/,
    file: metrics,
  },
  {
    title: 'the status has the name that it had before the conventions were stable',
    step: 17,
    edit: inScrapes(/(?<=http_response_status_code=")\d+/g, 'undefined'),
    expect: /^All instances together still count each request once/,
    found: /http_response_status_code="undefined"/,
    cause: /the property or the attribute has another name/,
    file: metrics,
  },
  {
    title: 'spans are counted when they start',
    step: 17,
    edit: inScrapes(/(?<=http_response_status_code=")\d+/g, ''),
    expect: /^All instances together still count each request once/,
    found: /http_response_status_code=""/,
    cause: /When a span starts, for example, the status is not set yet/,
    file: metrics,
  },
  {
    title: 'the sampler is the function that wraps it',
    step: 17,
    patch: {
      [tracing]: [
        ['createAlwaysRecordSampler(new ParentBasedSampler({ root }))', 'createAlwaysRecordSampler as never'],
      ],
    },
    expect: /^followers-api keeps running/,
    cause: /shouldSample is not a function/,
    file: tracing,
  },
  {
    title: 'the registry never gets the format that has exemplars',
    step: 17,
    patch: { [metrics]: [[setFormat, '']] },
    expect: /^followers-api-1 starts/,
    cause: /^A histogram has exemplars only in the OpenMetrics format/,
    file: /^followers-api\/metrics\.ts:\d+$/,
  },
  {
    title: 'the registry gets the format that has exemplars after the histogram is created',
    step: 17,
    patch: {
      [metrics]: [
        [setFormat, ''],
        ['/** Counts each request', `${setFormat}/** Counts each request`],
      ],
    },
    expect: /^followers-api-1 starts/,
    cause: /Call registry\.setContentType\(openMetricsContentType\) before the histogram is created\.$/,
    file: /^followers-api\/metrics\.ts:\d+$/,
  },
  {
    title: 'the histogram does not enable exemplars',
    step: 17,
    patch: { [metrics]: [['  enableExemplars: true,\n', '']] },
    expect: /^followers-api keeps running/,
    cause: /Set enableExemplars: true\.$/,
    file: /^followers-api\/metrics\.ts:\d+$/,
  },
  {
    title: 'no bucket has an exemplar',
    step: 17,
    edit: inScrapes(/ # \{.*$/gm, ''),
    expect: /^Exemplars lead from the histogram/,
    found: /^No bucket of the histogram has an exemplar/,
    cause: /pass exemplarLabels to observe/,
    file: metrics,
  },
  {
    title: 'the only span processor is the one that counts',
    step: 17,
    patch: { [tracing]: [['new BatchSpanProcessor({ exporter, scheduledDelayMillis }), ', '']] },
    edit(seen) {
      for (const trace of seen.traces) {
        trace.spans = trace.spans.filter(({ service }) => service !== 'followers-api');
      }
    },
    expect: /^Exemplars lead from the histogram/,
    found: /no span of followers-api arrived/,
    cause: /^spanProcessors replaces traceExporter/,
    file: tracing,
  },
  {
    title: 'the label of exemplars has a name of its own',
    step: 17,
    edit: inScrapes(/# \{trace_id=/g, '# {traceId='),
    expect: /^Exemplars lead from the histogram/,
    found: /has no trace_id, but traceId/,
    cause: /^Dashboards look for the label trace_id/,
    file: metrics,
  },
  {
    title: 'a request that is not sampled is an exemplar',
    step: 17,
    edit: inScrapes(/# \{trace_id="\w+"\}/, '# {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"}'),
    expect: /^Exemplars lead from the histogram/,
    cause: /^The request was not sampled/,
    file: metrics,
  },
  {
    title: 'exemplars have ids of their own',
    step: 17,
    edit: inScrapes(/# \{trace_id="\w+"\}/, '# {trace_id="11111111111111111111111111111111"}'),
    expect: /^Exemplars lead from the histogram/,
    cause: /^The id is not that of the span/,
    file: metrics,
  },
  {
    title: 'the durations are measured by hand',
    step: 17,
    edit: inScrapes(/(# \{trace_id="\w+"\}) \S+/g, '$1 0.0123'),
    expect: /^The durations are those of the SERVER spans/,
    cause: /^The duration is measured separately from the span/,
    file: metrics,
  },
  {
    title: 'the durations are in milliseconds',
    step: 17,
    patch: { [metrics]: [['/ 1_000_000; // seconds', '/ 1_000;']] },
    expect: /^The durations are those of the SERVER spans/,
    cause: /in another unit/,
    file: metrics,
  },
  {
    title: 'the sampler is not wrapped',
    step: 17,
    patch: {
      [tracing]: [
        ['createAlwaysRecordSampler(new ParentBasedSampler({ root }))', 'new ParentBasedSampler({ root })'],
      ],
    },
    edit(seen) {
      const { response } = seen.calls.get('scrape 3')!;
      const count = /(?<=^http_server_request_duration_seconds_count\{.*code="400"\}) (\d+)/m;
      response!.body = response!.body.replace(count, (_, number) => ` ${number - 1}`);
    },
    expect: /^Requests that are not sampled are counted too/,
    found: /one of them to a caller that asked not to be sampled/,
    cause: /^A span processor sees only what the sampler records/,
    file: tracing,
  },
  {
    title: 'what is not sampled is exported',
    step: 17,
    patch: {
      [tracing]: [
        ['createAlwaysRecordSampler(new ParentBasedSampler({ root }))', 'createAlwaysRecordSampler(root)'],
      ],
    },
    edit({ traces }) {
      traces.push({ ...traces[0]!, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
    },
    expect: /^Their spans are still not sent/,
    cause: /ParentBasedSampler/,
    file: tracing,
  },
  {
    title: 'the error budget has no short window',
    step: 18,
    edit: inRules(/job:http_server_errors:ratio10s > 14\.4 \* 0\.01\n +and /, ''),
    expect: /^If many requests fail/,
    found: /^After 2m20s, no alert should ring, but ErrorBudgetBurn does \(monitoring\/requests-fail/,
    cause: /The short window ends the alert soon/,
    file: rules,
  },
  {
    title: 'client errors are failures',
    step: 18,
    edit: inRules(/"5\.\."/g, '"[45].."'),
    expect: /^If many requests fail/,
    cause: /Client errors such as 404 are not failures/,
    file: rules,
  },
  {
    title: 'the rules are not valid',
    step: 18,
    edit: inRules('  - name: alerts', '   - name: alerts'),
    expect: /^If many requests fail/,
    found: /^promtool rejects the rules: yaml: line/,
    cause: /^The file is not valid YAML/,
    file: rules,
  },
  {
    title: 'an expression is not valid',
    step: 18,
    edit: inRules('max_over_time(up[10m])', 'max_over_time(up)'),
    expect: /^If many requests fail/,
    found: /"InstanceGone": could not parse expression/,
    cause: /^This expression is not valid PromQL/,
    file: rules,
  },
  {
    title: 'an annotation is not a valid template',
    step: 18,
    edit: inRules('$labels.job', '$label.job'),
    expect: /^If many requests fail/,
    cause: /^The annotation is not a valid template/,
    file: rules,
  },
  {
    title: 'the time of an alert has no unit',
    step: 18,
    edit: inRules('for: 10s', 'for: 10'),
    expect: /^If many requests fail/,
    found: /not a valid duration string: "10"/,
    cause: /^A field of a rule has the wrong name, or its value has the wrong form/,
    file: rules,
  },
  {
    title: 'an alert has another name',
    step: 18,
    edit: inRules('alert: ErrorBudgetBurn', 'alert: ErrorBudgetBurned'),
    expect: /^If many requests fail/,
    cause: /^The tests look for the alerts ErrorBudgetBurn, .* ErrorBudgetBurned is not one of these names/,
    file: rules,
  },
  {
    title: 'an alert of another fault is the wrong way round',
    step: 18,
    edit: inRules('up == 0 and', 'up == 1 and'),
    expect: /^If many requests fail/,
    found: /no alert should ring, but InstanceGone does/,
    cause: /^Prometheus sets up to 0/,
    file: rules,
  },
  {
    title: 'the error budget has no long window',
    step: 18,
    edit: inRules(/\n +and job:http_server_errors:ratio1m > 14\.4 \* 0\.01/, ''),
    expect: /^If only two requests fail/,
    found: /no alert should ring, but ErrorBudgetBurn does/,
    cause: /The long window, :ratio1m, must exceed the limit too/,
    file: rules,
  },
  {
    title: 'slow requests ring when all but a few are slow',
    step: 18,
    edit: inRules('ratio30s < 0.95', 'ratio30s < 0.05'),
    expect: /^If many requests take longer/,
    found: /^After 1m59s, SlowRequests should ring, but nothing does/,
    cause: /below the promised 0\.95/,
    file: rules,
  },
  {
    title: 'an instance that is still starting is gone',
    step: 18,
    edit: inRules(' and max_over_time(up[10m]) == 1', ''),
    expect: /^If an instance is gone/,
    found: /^After 1m, no alert should ring, but InstanceGone does/,
    cause: /^Prometheus sets up to 0/,
    file: rules,
  },
  {
    title: 'an instance that is gone has also stopped counting',
    step: 18,
    edit: inRules('up == 1\n', 'up >= 0\n'),
    expect: /^If an instance is gone/,
    found:
      /InstanceGone should ring, but (?:InstanceGone and IndicatorAbsent|IndicatorAbsent and InstanceGone) do/,
    cause: /^Three things come together/,
    file: rules,
  },
  {
    title: 'an indicator is absent only if no instance has it',
    step: 18,
    edit: inRules(
      /(?<=IndicatorAbsent\n +expr: )\|\n(?: {10}.*\n)+/,
      'absent(http_server_request_duration_seconds_count)\n',
    ),
    expect: /^If an instance responds but no longer counts/,
    found: /IndicatorAbsent should ring, but nothing does/,
    cause: /^Three things come together/,
    file: rules,
  },
  {
    title: 'an instance that has not had a request yet has stopped counting',
    step: 18,
    edit: inRules(/ +and on \(job, instance\) last_over_time.*\n/, ''),
    expect: /^If an instance responds but no longer counts/,
    found: /no alert should ring, but IndicatorAbsent does/,
    cause: /^Three things come together/,
    file: rules,
  },
  {
    title: 'no alert watches the event loop',
    step: 18,
    edit: inRules('nodejs_eventloop_utilization', 'nodejs_eventloop_lag_seconds'),
    expect: /^If an event loop is always busy/,
    cause: /nodejs_eventloop_utilization/,
    file: rules,
  },
  {
    title: 'no alert watches the processor',
    step: 18,
    edit: inRules('rate(process_cpu_seconds_total[10s]) > 0.9', 'process_cpu_seconds_total > 0.9e9'),
    expect: /^If a processor is always busy/,
    cause: /process_cpu_seconds_total/,
    file: rules,
  },
  {
    title: 'the functions are still missing',
    step: 19,
    edit: inMethods({ summedBuckets: undefined, mergedDigests: undefined }),
    expect: /^summedBuckets gives each percentile/,
    found: /^percentiles\.ts exports average, but no function called summedBuckets/,
    cause: /^Write the function, and export it/,
    file: percentiles,
  },
  {
    title: 'percentiles.ts throws an error',
    step: 19,
    patch: { [percentiles]: [[', percentileOfDigest }', ' }']] },
    edit: (seen) => {
      seen.programs.set('compare.ts', {
        stdout: [],
        stderr: [
          'ReferenceError: percentileOfDigest is not defined',
          `    at mergedDigests (${seen.folder}/percentiles.ts:22:3)`,
        ],
      });
    },
    expect: /^summedBuckets gives each percentile/,
    found: /printed no percentiles/,
    cause: /^It threw ReferenceError: percentileOfDigest is not defined\.$/,
    file: 'percentiles.ts:22',
  },
  {
    title: 'a function changes the buckets of an instance',
    step: 19,
    patch: {
      [percentiles]: [
        ['const sums = first!.map(', 'const sums = first! as number[];\n  first!.forEach('],
        [
          '(sum, buckets) => sum + buckets[index]!, count)',
          '(sum, buckets) => (sums[index] = sum + buckets[index]!), count)',
        ],
      ],
    },
    expect: /^summedBuckets gives each percentile/,
    cause: /^It threw TypeError: Cannot assign to read only property/,
    file: /^percentiles\.ts:\d+$/,
  },
  ...(
    [
      ['there is no return', undefined, /^There is no return in front of the result: return percentileOf/],
      ['the function is async', Promise.resolve(23), /^The function is async/],
      ['the share is in percent', NaN, /^An argument of percentileOf\(sums, share\) is empty/],
      [
        'the sums are returned',
        [1, 2, 3],
        /^It must return a single number: return percentileOf\(sums, share\)\.$/,
      ],
    ] as const
  ).map(([title, value, cause]): Mistake => ({
    title,
    step: 19,
    edit: inMethods({ summedBuckets: () => value as never }),
    expect: /^summedBuckets gives each percentile/,
    found: /^For p50 of all instances, summedBuckets returns .*, which is not a number\.$/,
    cause,
    file: percentiles,
  })),
  {
    title: 'the digest is empty',
    step: 19,
    edit: inMethods({ mergedDigests: (_, share) => percentileOfDigest(new TDigest(), share) }),
    expect: /^mergedDigests gives each percentile/,
    found: /returns NaN, which is not a number/,
    cause: /^An argument of percentileOfDigest\(all, share\) is empty/,
    file: percentiles,
  },
  {
    title: 'the average is weighted by the number of requests',
    step: 19,
    edit: inMethods({
      summedBuckets: (instances, share) => {
        const total = instances.reduce((sum, { buckets }) => sum + buckets.at(-1)!, 0);
        return instances.reduce(
          (sum, { buckets }) => sum + (percentileOf(buckets, share) * buckets.at(-1)!) / total,
          0,
        );
      },
    }),
    expect: /^summedBuckets gives each percentile/,
    found: /^For p50 of all instances|^For p9/,
    cause: /^Add the counts of all instances/,
    file: percentiles,
  },
  {
    title: 'the largest percentile of the instances',
    step: 19,
    edit: inMethods({
      summedBuckets: (instances, share) =>
        Math.max(...instances.map(({ buckets }) => percentileOf(buckets, share))),
    }),
    expect: /^summedBuckets gives each percentile/,
    cause: /^Add the counts of all instances/,
    file: percentiles,
  },
  {
    title: 'each centroid counts as one request',
    step: 19,
    edit: inMethods({
      mergedDigests: (instances, share) => {
        const all = new TDigest();
        for (const { digest } of instances) all.push(digest.toArray().map(({ mean }) => mean));
        return all.percentile(share);
      },
    }),
    expect: /^mergedDigests gives each percentile/,
    found: /that is really p/,
    cause: /push_centroid keeps the number of requests/,
    file: percentiles,
  },
  {
    title: 'only the last digest is kept',
    step: 19,
    edit: inMethods({ mergedDigests: (instances, share) => instances.at(-1)!.digest.percentile(share) }),
    expect: /^mergedDigests gives each percentile/,
    cause: /^Push the centroids of all instances/,
    file: percentiles,
  },
];
