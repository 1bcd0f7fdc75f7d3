/** Mistakes that learners make in the fifth chapter, as in test/check/mistakes.ts. */
import type { MoveReport } from '#workshop/check/judges/moving-endpoint';
import type { Observation } from '#workshop/check/observation';
import type { Mistake } from '../check/support.ts';
import { chainMistakes } from './chain-mistakes.ts';
import { collectorMistakes } from './collector-mistakes.ts';

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

/** Changes what move.ts reports. */
function report(change: (report: MoveReport) => void) {
  return ({ programs }: Observation) => {
    const changed = reportOf(programs);
    change(changed);
    programs.set('move.ts', { stdout: [JSON.stringify(changed)], stderr: [] });
  };
}

function reportOf(programs: Observation['programs']): MoveReport {
  return JSON.parse(programs.get('move.ts')!.stdout.at(-1)!) as MoveReport;
}

/** Replaces what bands-api says about dropped spans; `dropped` is how many it has really dropped. */
function saysDropped(linesFor: (dropped: number) => string[]) {
  return ({ lines, programs }: Observation) => {
    const { sent, arrived } = reportOf(programs).services['bands-api']!.withdrawn;
    const others = lines.get('bands-api')!.filter((line) => !/dropped/.test(line));
    lines.set('bands-api', [...others, ...linesFor(sent - arrived)]);
  };
}

const resends = `      if (result.code === ExportResultCode.FAILED && hasMoved) this.export(spans, done);
      else done(result);`;

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
  {
    title: 'bands-api stays at the first endpoint, because its unit is closed',
    step: 24,
    patch: { 'bands-api/endpoint.ts': [['this.#unit.unref();', 'this.#unit.close();']] },
    edit: report(({ services }) => (services['bands-api']!.followed = false)),
    expect: /^bands-api sends its spans to wherever/,
    found: /no span of bands-api arrived (?:there|anywhere)/i, // it may be closed before it learns of the first endpoint
    cause: /leave the unit started/i,
    file: /^bands-api\/(?:endpoint|tracing)\.ts$/,
  },
  {
    title: 'reviews-api follows only the first move',
    step: 24,
    edit: report(({ services }) => (services['reviews-api']!.returned = false)),
    expect: /^So does reviews-api/,
    found: /the spans of reviews-api did not/,
    cause: /^Each endpointChanged is a move/,
    file: 'reviews-api/endpoint.ts',
  },
  {
    title: 'reviews-api sends nothing, because its exporter is not passed to the SDK',
    step: 24,
    edit: report(({ services }) => delete services['reviews-api']),
    expect: /^So does reviews-api/,
    found: /^No span of reviews-api arrived anywhere/,
    cause: /traceExporter/,
    file: 'reviews-api/tracing.ts',
  },
  {
    title: 'what failed at the old place is not sent again',
    step: 24,
    live: true,
    patch: { 'bands-api/endpoint.ts': [[resends, '      void hasMoved;\n      done(result);']] },
    edit: report(({ services }) => (services['bands-api']!.moving.lost = 76)),
    expect: /^A move loses no spans/,
    found: /^\d+ of \d+ spans of bands-api arrived at neither place/,
    cause: /export the same spans once more/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'everything is sent to both places',
    step: 24,
    edit: report(({ services }) => (services['reviews-api']!.moving.repeated = 12)),
    expect: /^A move loses no spans/,
    found: /^12 of \d+ spans of reviews-api arrived at both places/,
    cause: /only if the export to the old one has failed/,
    file: 'reviews-api/endpoint.ts',
  },
  {
    title: 'calls fail while the endpoint moves',
    step: 24,
    edit: report(({ failed }) => (failed.moving = 3)),
    expect: /^A move loses no spans/,
    found: /^3 calls failed while the endpoint moved/,
    cause: /^A service must respond/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'bands-api keeps its exporter when the endpoint is removed',
    step: 24,
    patch: {
      'bands-api/endpoint.ts': [["requirer.on('endpointRemoved', () => this.#moveTo(undefined));", '']],
    },
    edit: report(({ services }) => {
      const { withdrawn } = services['bands-api']!;
      withdrawn.arrived = withdrawn.sent;
    }),
    expect: /^Without an endpoint, both services respond/,
    found: /^All spans of bands-api arrived/,
    cause: /^On endpointRemoved, forget the exporter/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'bands-api does not count what it drops',
    step: 24,
    patch: { 'bands-api/endpoint.ts': [['this.#dropped += spans.length;', '']] },
    edit: saysDropped(() => ['There is no endpoint: spans are dropped.']),
    expect: /^Without an endpoint, both services respond/,
    found: /^bands-api has dropped \d+ spans, but doesn't say how many/,
    cause: /add spans\.length/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'bands-api counts batches instead of spans',
    step: 24,
    patch: { 'bands-api/endpoint.ts': [['this.#dropped += spans.length;', 'this.#dropped++;']] },
    edit: saysDropped(() => ['Spans dropped while there was no endpoint: 7.']),
    expect: /^Without an endpoint, both services respond/,
    found: /^bands-api has dropped \d+ spans, but says \d+\.$/,
    cause: /add spans\.length/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'bands-api says it for each batch',
    step: 24,
    edit: saysDropped(() => Array.from({ length: 9 }, (_, index) => `Dropped: ${index} spans`)),
    expect: /^Without an endpoint, both services respond/,
    found: /^bands-api reports the number of dropped spans 9 times/,
    cause: /^Say it once/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'the unit is closed when the endpoint is removed',
    step: 24,
    patch: {
      'bands-api/endpoint.ts': [
        [
          "requirer.on('endpointRemoved', () => this.#moveTo(undefined));",
          "requirer.on('endpointRemoved', () => (this.#moveTo(undefined), this.#unit.close()));",
        ],
      ],
    },
    edit: report(({ services }) => (services['bands-api']!.resumed = false)),
    expect: /^When there is an endpoint again/,
    found: /no more spans of bands-api arrived/,
    cause: /don't close the unit/,
    file: 'bands-api/endpoint.ts',
  },
  {
    title: 'the unit keeps reviews-api running',
    step: 24,
    patch: { 'reviews-api/endpoint.ts': [['this.#unit.unref();', '']] },
    edit: ({ lines }) =>
      void lines.get('reviews-api')!.push('Exiting, because something is still hanging: …'),
    expect: /^Both services exit on their own/,
    found: /^reviews-api did not exit/,
    cause: /unit\.unref\(\)/,
    file: 'reviews-api/endpoint.ts',
  },
  ...collectorMistakes,
  ...chainMistakes,
];
