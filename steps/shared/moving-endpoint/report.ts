import type { MoveReport } from '#workshop/check/judges/moving-endpoint';
import { accountOf, type HeldSpan, servicesIn, spansPerCall } from './account.ts';
import { type Calls, together } from './calls.ts';

/** The calls that were made, in this order, and the spans that each place holds afterwards. */
export interface Moves {
  /** While the endpoint was at the first place, at the second one, and at the first one again. */
  before: Calls;
  away: Calls;
  back: Calls;
  /** Without an endpoint, and then until spans arrived again. */
  gone: Calls;
  resuming: Calls;
  /** The services whose spans did not arrive again. */
  missing: string[];
  first: HeldSpan[];
  second: HeldSpan[];
}

/** What became of the spans of each service. */
export function reportOf({ first, second, missing, ...calls }: Moves): MoveReport {
  const moving = together(calls.before, calls.away, calls.back);
  const withdrawn = together(calls.gone, calls.resuming);
  const services = servicesIn([...first, ...second]).map((service) => {
    const perCall = spansPerCall([...first, ...second], service);
    const of = ({ traceIds }: Calls) => {
      const { arrived, ...rest } = accountOf(traceIds, [first, second], { perCall, service });
      return { ...rest, first: arrived[0]!, second: arrived[1]! };
    };
    const { sent, lost } = of(withdrawn);
    const report = {
      moving: of(moving),
      followed: of(calls.away).second > 0,
      returned: of(calls.back).first > 0,
      withdrawn: { sent, arrived: sent - lost },
      resumed: !missing.includes(service),
    };
    return [service, report] as const;
  });
  return {
    calls: { moving: moving.traceIds.size, withdrawn: withdrawn.traceIds.size },
    failed: { moving: moving.failed, withdrawn: withdrawn.failed },
    services: Object.fromEntries(services),
  };
}
