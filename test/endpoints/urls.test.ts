import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Address,
  protocolNames,
  receiverUrl,
  relate,
  TracingEndpointRequirer,
  tracingConfig,
} from '#shared/tracing-endpoints/index.ts';
import { transports } from './transports.ts';
import { collectLog, requirerUnit } from './units.ts';

const urls = (address: Address) => protocolNames.map((protocol) => receiverUrl(protocol, address));

test('a URL has the scheme of the provider over HTTP, no scheme over gRPC, and the default port', () => {
  assert.deepEqual(urls({ host: 'h' }), [
    'http://h:9411',
    'http://h:4318',
    'http://h:14268',
    'h:4317',
    'h:14250',
  ]);
  assert.deepEqual(urls({ host: 'h', tls: true }), [
    'https://h:9411',
    'https://h:4318',
    'https://h:14268',
    'h:4317',
    'h:14250',
  ]);
  assert.equal(receiverUrl('otlp_grpc', { host: 'h' }, 1), 'h:1');
});

test('the host and scheme of an ingress replace those of the provider, once both are known', () => {
  const own = { host: 'h', tls: true };
  const ingress = { host: 'traces.example', scheme: 'http' };
  assert.equal(receiverUrl('otlp_http', { ...own, ingress }), 'http://traces.example:4318');
  assert.equal(receiverUrl('otlp_grpc', { ...own, ingress }), 'traces.example:4317');
  for (const incomplete of [
    {},
    { host: 'traces.example' },
    { scheme: 'http' },
    { host: '', scheme: 'http' },
  ]) {
    assert.equal(receiverUrl('otlp_http', { ...own, ingress: incomplete }), 'https://h:4318');
  }
});

test('https without a certificate is an error in the log', async (t) => {
  const store = await transports['in memory']!(t);
  const log = collectLog();
  const metadata = { requires: { tracing: { interface: 'tracing', limit: 1 } } };
  const requirer = new TracingEndpointRequirer(requirerUnit(t, store, { metadata, log }));
  const id = relate(store, 'backend', 'bands-api');
  store.write(id, 'provider', {
    receivers: '[{"protocol":{"name":"otlp_http","type":"http"},"url":"https://h:4318"}]',
  });

  assert.equal(tracingConfig(requirer, undefined), undefined);
  assert.equal(tracingConfig(requirer, '/no/such.crt'), undefined);
  assert.deepEqual(log.lines, [
    'No traces are sent to https://h:4318: no certificate is given.',
    'No traces are sent to https://h:4318: there is no certificate at /no/such.crt.',
  ]);
});
