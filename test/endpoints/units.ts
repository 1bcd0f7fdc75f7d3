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

/** Creates a unit of an application that provides tracing, and closes it after the test. */
export function providerUnit(t: TestContext, store: RelationStore, options: Partial<UnitOptions> = {}): Unit {
  return unitOf(t, store, {
    application: 'backend',
    isLeader: true,
    log: collectLog(),
    metadata: { provides: tracing },
    ...options,
  });
}

/** Creates a unit of an application that requires tracing, and closes it after the test. */
export function requirerUnit(t: TestContext, store: RelationStore, options: Partial<UnitOptions> = {}): Unit {
  return unitOf(t, store, {
    application: 'bands-api',
    isLeader: true,
    log: collectLog(),
    metadata: { requires: tracing },
    ...options,
  });
}

function unitOf(t: TestContext, store: RelationStore, options: UnitOptions): Unit {
  const unit = new Unit(store, options);
  t.after(() => unit.close());
  return unit;
}
