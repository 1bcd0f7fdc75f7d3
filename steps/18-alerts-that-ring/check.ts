import { join } from 'node:path';
import type { Lesson } from '#workshop/check/lesson';
import { passesRuleTest } from '#workshop/check/judges/alerts';

const tests = {
  requestsFail: 'requests-fail',
  twoRequestsFail: 'two-requests-fail',
  requestsAreSlow: 'requests-are-slow',
  instanceIsGone: 'an-instance-is-gone',
  instanceStopsCounting: 'an-instance-stops-counting',
  eventLoopIsBusy: 'an-event-loop-is-busy',
  processorIsBusy: 'a-processor-is-busy',
};

/** Why an alert doesn't ring when it should, or rings when it shouldn't. */
const causes = {
  ErrorBudgetBurn:
    'Compare job:http_server_errors:ratio10s and :ratio1m with 14.4 * 0.01, joined by "and". The short window ends the alert soon. Client errors such as 404 are not failures of the service.',
  SlowRequests:
    'It should ring when job:http_server_requests_within_300ms:ratio30s is below the promised 0.95.',
  InstanceGone:
    "Prometheus sets up to 0 for an instance that it can't reach. An instance that was never up is still starting: require max_over_time(up[10m]) == 1, too.",
  IndicatorAbsent:
    'Three things come together: up == 1, it had counts in the last ten minutes (last_over_time), and it has none now (unless), joined on (job, instance).',
  Saturated:
    'Two alerts have this name: one rings when avg_over_time(nodejs_eventloop_utilization[10s]) is above 0.9, and the other when rate(process_cpu_seconds_total[10s]) is.',
};

export default {
  done: 'each fault rings the pager, and its alert leads to a cause',
  ruleTests: { folder: join(import.meta.dirname, 'monitoring'), names: Object.values(tests) },
  expectations: [
    {
      expect: 'If many requests fail, ErrorBudgetBurn alone rings, and ends soon after the last failure',
      judge: passesRuleTest(tests.requestsFail, causes),
    },
    {
      expect: 'If only two requests fail, nothing rings',
      judge: passesRuleTest(tests.twoRequestsFail, {
        ...causes,
        ErrorBudgetBurn:
          'In ten seconds, two failures can be more than 14.4 % of the requests. The long window, :ratio1m, must exceed the limit too.',
      }),
    },
    {
      expect: 'If many requests take longer than 300 ms, SlowRequests alone rings',
      judge: passesRuleTest(tests.requestsAreSlow, causes),
    },
    {
      expect: 'If an instance is gone, InstanceGone alone rings, but not for one that is still starting',
      judge: passesRuleTest(tests.instanceIsGone, causes),
    },
    {
      expect: 'If an instance responds but no longer counts, IndicatorAbsent alone rings',
      judge: passesRuleTest(tests.instanceStopsCounting, causes),
    },
    {
      expect: 'If an event loop is always busy, Saturated alone rings',
      judge: passesRuleTest(tests.eventLoopIsBusy, causes),
    },
    {
      expect: 'If a processor is always busy, Saturated alone rings',
      judge: passesRuleTest(tests.processorIsBusy, causes),
    },
  ],
} satisfies Lesson;
