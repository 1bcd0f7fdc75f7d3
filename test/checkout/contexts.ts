import { createTraceState, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import fc from 'fast-check';

// What the SDK sets up if nothing else is said.
export const propagator = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''))
    .filter((id) => /[^0]/.test(id));
const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
const entries = fc.uniqueArray(fc.tuple(key, fc.stringMatching(/^[!-+.-<>-~]{1,20}$/)), {
  selector: ([name]) => name,
  maxLength: 10,
});

/** A context with a span, tracestate and baggage, as a request may bring it. */
export const contexts = fc
  .record({
    traceId: hex(32),
    spanId: hex(16),
    traceFlags: fc.constantFrom(0, 1),
    state: entries,
    baggage: entries,
  })
  .map(({ state, baggage, ...span }) => {
    const traceState = createTraceState(state.map(([name, value]) => `${name}=${value}`).join());
    const values = Object.fromEntries(baggage.map(([name, value]) => [name, { value }]));
    return propagation.setBaggage(
      trace.setSpanContext(ROOT_CONTEXT, { ...span, traceState }),
      propagation.createBaggage(values),
    );
  });

/** All that a context says, in a form that can be compared. */
export function said(context: typeof ROOT_CONTEXT) {
  const { traceId, spanId, traceFlags, traceState } = trace.getSpanContext(context)!;
  const baggage = propagation.getBaggage(context)?.getAllEntries() ?? [];
  return {
    traceId,
    spanId,
    traceFlags,
    traceState: traceState?.serialize() ?? '',
    baggage: baggage.map(([name, { value }]) => [name, value]).toSorted(),
  };
}
