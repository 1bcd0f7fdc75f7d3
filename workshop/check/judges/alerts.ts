/** Judges of alerting rules, with what promtool said about them. */
import type { Failure, Judge } from '../lesson.ts';

const FILE = 'monitoring/rules.yml';
const SHOWN_REASON = 200; // characters

/**
 * Among the step's tests for rules, one passes. `causes` contains every alert of the step, and why it usually doesn't ring
 * when it should, or rings when it shouldn't.
 */
export function passesRuleTest(name: string, causes: Record<string, string>): Judge {
  return ({ ruleTests }) => {
    const output = ruleTests.get(name)!;
    if (output === '') return 'ok';
    const failure = firstFailure(output, causes) ?? invalidRules(output);
    return { ...failure, found: failure.found.replace('TEST', `monitoring/${name}.test.yml`), file: FILE };
  };
}

/** What rang at a time of a test in place of what should have; undefined if the test did not run. */
function firstFailure(output: string, causes: Record<string, string>): Explanation | undefined {
  const [, time, expected, got] = /time: (\w+),\s+exp: ?(.*)\s+got: ?(.*)/.exec(output) ?? [];
  if (time === undefined) return undefined;
  const [should, did] = [alertsIn(expected!), alertsIn(got!)];
  const rings = did.length === 0 ? 'nothing does' : `${did.join(' and ')} ${did.length > 1 ? 'do' : 'does'}`;
  const culprit = did.find((alert) => !should.includes(alert)) ?? should[0]!;
  return {
    found: `After ${time}, ${should[0] ?? 'no alert'} should ring, but ${rings} (TEST).`,
    cause:
      causes[culprit] ??
      `The tests look for the alerts ${Object.keys(causes).join(', ')}. ${culprit} is not one of these names.`,
  };
}

function alertsIn(samples: string): string[] {
  return [...samples.matchAll(/alertname="([^"]*)"/g)].map(([, name]) => name!);
}

/** Why promtool can't read the rules, according to its message. */
function invalidRules(output: string): Explanation {
  const lines = output.split('\n').map((line) => line.replace(/^\s*(?:FAILED:|rules\.yml:)\s*/, '').trim());
  const messages = [...new Set(lines)].filter((line) => line !== '' && !line.startsWith('Unit Testing:'));
  const reason = messages.join(' ').slice(0, SHOWN_REASON);
  return { found: `promtool rejects the rules: ${reason}`, cause: causeOfRefusal(reason) };
}

function causeOfRefusal(reason: string): string {
  if (reason.startsWith('yaml:')) {
    return 'The file is not valid YAML at this line or after it. Indent the alerts with spaces, as the rules above them are, and put quotation marks around text that contains {{ or #.';
  }
  if (reason.includes('parse expression')) {
    return 'This expression is not valid PromQL. The message gives the line in the file, and then the line and the column in the expression.';
  }
  if (reason.includes('template:')) {
    return 'The annotation is not a valid template. It may contain {{ $labels.job }}, {{ $labels.instance }}, and {{ $value }}.';
  }
  return 'A field of a rule has the wrong name, or its value has the wrong form. An alert has the fields alert, expr, for (such as 10s), labels, and annotations.';
}

type Explanation = Pick<Failure, 'found' | 'cause'>;
