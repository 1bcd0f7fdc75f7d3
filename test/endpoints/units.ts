import type { TestContext } from 'node:test';
import { type RelationStore, Unit, type UnitOptions } from '#shared/tracing-endpoints/index.ts';

const tracing = { tracing: { interface: 'tracing' } };

/** Creates a log that collects its lines instead of printing them. */
export function collectLog() {
  const lines: string[] = [];
  return {
    lines,
    warn: (line: string) => void lines.push(line),
    error: (line: string) => void lines.push(line),
  };
}

/** Creates a leader of backend, which provides tracing, and closes it after the test. */
export function providerUnit(t: TestContext, store: RelationStore, options: Partial<UnitOptions> = {}): Unit {
  return unitOf(t, store, { application: 'backend', metadata: { provides: tracing }, ...options });
}

/** Creates a leader of bands-api, which requires tracing, and closes it after the test. */
export function requirerUnit(t: TestContext, store: RelationStore, options: Partial<UnitOptions> = {}): Unit {
  return unitOf(t, store, { application: 'bands-api', metadata: { requires: tracing }, ...options });
}

function unitOf(
  t: TestContext,
  store: RelationStore,
  options: Partial<UnitOptions> & Pick<UnitOptions, 'application' | 'metadata'>,
): Unit {
  const unit = new Unit(store, { isLeader: true, log: collectLog(), ...options });
  t.after(() => unit.close());
  return unit;
}
