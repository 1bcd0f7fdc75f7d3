/** Judges how services agree on where spans go. */
import { listed } from '../../listed.ts';
import { parsed } from '../../net/parsed.ts';
import { noServerSpan } from '../causes.ts';
import type { Judge } from '../lesson.ts';
import { type Observation, serverSpanOf } from '../observation.ts';
import { BUSY } from '../slowness.ts';
import { about } from './about.ts';

const exportError = /OTLPExporterError|UNAVAILABLE/;

/** A service requests a protocol over its relation. */
export function requestsProtocol(service: string, protocol: string): Judge {
  return (seen) => {
    const requested = parsed(relationOf(seen, service)?.requirer?.['receivers'] ?? '');
    const protocols = Array.isArray(requested) ? requested.map(String) : [];
    if (protocols.includes(protocol)) return 'ok';
    if (protocols.length > 0) {
      return {
        found: `${service} requests ${listed(protocols)}.`,
        cause: `Its exporter sends OTLP over gRPC: the name of this protocol is ${protocol}.`,
        file: `${service}/endpoint.ts`,
      };
    }
    const asks = /endpoint/i.test(withoutComments(seen.sources.get(`${service}/tracing.ts`)));
    return {
      found: `${service} has published no request.`,
      cause: asks
        ? `Check four things: application is '${service}', isLeader is true, protocols contains '${protocol}', and unit.start() is called after the requirer is created.`
        : 'tracing.ts does not ask for an endpoint: await findEndpoint(…) there, and pass the result to the exporter.',
      file: asks ? `${service}/endpoint.ts` : `${service}/tracing.ts`,
    };
  };
}

/**
 * The spans of a service arrive. In such a lesson, this means that it sends them to the endpoint that was published,
 * because the address in its environment is another one.
 */
export function sendsToEndpoint(service: string): Judge {
  const file = `${service}/tracing.ts`;
  return about({ file }, (seen) => {
    if (serverSpanOf(seen, service)) return 'ok';
    if (seen.traces.some(({ spans }) => spans.some((span) => span.service === service)))
      return noServerSpan(seen, service);
    const source = withoutComments(seen.sources.get(file));
    const address = /[\w.-]+:\d+/.exec(source)?.[0];
    if (address) {
      return {
        found: `No span of ${service} arrived, and its tracing.ts contains the address ${address}.`,
        cause:
          'Spans go to the endpoint that the provider has published: pass this as the url of the exporter.',
      };
    }

    const error = seen.lines.get(service)!.find((line) => exportError.test(line));
    if (error?.includes('SSL')) {
      return {
        found: `${service} sends its spans with TLS, which the endpoint does not use.`,
        cause:
          'Without a scheme, the exporter uses TLS, and the URL of a gRPC receiver has no scheme. Put it in front: `http://${endpoint}`.',
      };
    }
    if (error) {
      return {
        found: `${service} could not send its spans to the address that its exporter uses.`,
        cause:
          'Without a url, this is the address in the environment, which is wrong in this check: new OTLPTraceExporter({ url }).',
      };
    }
    if (seen.slowness >= BUSY) return 'inconclusive';
    return {
      found: `${service} sent no spans.`,
      cause:
        'It has no exporter, or its endpoint is undefined. The provider publishes an endpoint a moment after the request: wait for the event endpointChanged, then call getEndpoint.',
    };
  });
}

function relationOf({ relations }: Observation, service: string) {
  return relations.find(({ id }) => id.includes(`+${service}.`));
}

function withoutComments(source = ''): string {
  return source.replaceAll(/^\s*(?:\/\/|\*|\/\*).*/gm, '');
}
