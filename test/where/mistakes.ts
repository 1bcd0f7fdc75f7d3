/** Mistakes that learners make in the fifth chapter, as in test/check/mistakes.ts. */
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';

/** Changes what a service has published; undefined if it has published nothing. */
function request(service: string, protocols: string[] | undefined) {
  return ({ relations }: Observation) => {
    const relation = relations.find(({ id }) => id.includes(`+${service}.`))!;
    relation.requirer = protocols && { receivers: JSON.stringify(protocols) };
  };
}

/** Removes the spans of a service, and adds the line that says why they were not sent. */
function loseSpans(service: string, line?: string) {
  return ({ traces, lines }: Observation) => {
    for (const trace of traces) trace.spans = trace.spans.filter((span) => span.service !== service);
    if (line) lines.get(service)!.push(line);
  };
}

const refused = '{"message":"14 UNAVAILABLE: No connection established. connect ECONNREFUSED 127.0.0.1:1"}';
const noTls = '{"message":"14 UNAVAILABLE: No connection established. SSL routines: wrong version number"}';

export const mistakes: Mistake[] = [
  {
    title: 'the requirer has no protocols',
    step: 23,
    patch: { 'bands-api/endpoint.ts': [["{ protocols: ['otlp_grpc'] }", '{}']] },
    edit: request('bands-api', undefined),
    expect: /^bands-api requests the protocol/,
    found: /^bands-api has published no request/,
    cause: /^Check four things: application is 'bands-api', isLeader is true/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'nothing was changed in bands-api',
    step: 23,
    edit(seen) {
      request('bands-api', undefined)(seen);
      seen.sources.set('bands-api/tracing.ts', '// The endpoint\ntraceExporter: new OTLPTraceExporter(),');
    },
    expect: /^bands-api requests the protocol/,
    cause: /^tracing\.ts does not ask for an endpoint/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'bands-api requests OTLP over HTTP',
    step: 23,
    edit: request('bands-api', ['otlp_http', 'zipkin']),
    expect: /^bands-api requests the protocol/,
    found: /^bands-api requests otlp_http and zipkin\.$/,
    cause: /the name of this protocol is otlp_grpc/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'the url has no scheme',
    step: 23,
    live: true,
    patch: { 'bands-api/tracing.ts': [['`http://${endpoint}`', 'endpoint']] },
    edit: loseSpans('bands-api', noTls),
    expect: /^It sends its spans to the endpoint/,
    found: /with TLS/,
    cause: /`http:\/\/\$\{endpoint\}`/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the exporter has no url',
    step: 23,
    patch: {
      'bands-api/tracing.ts': [
        ['new OTLPTraceExporter({ url: `http://${endpoint}` })', 'new OTLPTraceExporter()'],
      ],
    },
    edit: loseSpans('bands-api', refused),
    expect: /^It sends its spans to the endpoint/,
    found: /could not send its spans/,
    cause: /^Without a url, this is the address in the environment/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the url is an address',
    step: 23,
    patch: {
      'bands-api/tracing.ts': [['`http://${endpoint}`', "'http://localhost:4317'"]],
    },
    edit(seen) {
      loseSpans('bands-api', refused)(seen);
      seen.sources.set('bands-api/tracing.ts', "new OTLPTraceExporter({ url: 'http://localhost:4317' })");
    },
    expect: /^It sends its spans to the endpoint/,
    found: /contains the address localhost:4317/,
    cause: /^Spans go to the endpoint/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'bands-api does not wait for the endpoint',
    step: 23,
    edit: loseSpans('bands-api'),
    expect: /^It sends its spans to the endpoint/,
    found: /^bands-api sent no spans/,
    cause: /wait for the event endpointChanged/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the spans of bands-api are of another kind, because HTTP is not instrumented',
    step: 23,
    edit({ traces }) {
      for (const { spans } of traces)
        for (const span of spans) if (span.service === 'bands-api') span.kind = 'internal';
    },
    expect: /^It sends its spans to the endpoint/,
    cause: /^HttpInstrumentation is missing/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'reviews-api calls itself bands-api, like the service that its file was copied from',
    step: 23,
    patch: { 'reviews-api/tracing.ts': [["findEndpoint('reviews-api')", "findEndpoint('bands-api')"]] },
    edit: request('reviews-api', undefined),
    expect: /^reviews-api requests it too/,
    cause: /application is 'reviews-api'/,
    file: 'reviews-api/endpoint.ts',
  },
  {
    title: 'reviews-api gets an endpoint, but does not pass it to its exporter',
    step: 23,
    patch: {
      'reviews-api/tracing.ts': [
        ['new OTLPTraceExporter({ url: `http://${endpoint}` })', 'new OTLPTraceExporter()'],
      ],
    },
    edit: loseSpans('reviews-api', refused),
    expect: /^It sends its spans to the same endpoint/,
    cause: /^Without a url/,
    file: 'reviews-api/tracing.ts',
  },
];
