/** Judges of alerting rules, with what promtool said about them. */
import type { Judge } from '../lesson.ts';

const FILE = 'monitoring/rules.yml';

/** Among the step's tests for rules, one passes; `cause` is why it usually doesn't. */
export function passesRuleTest(name: string, cause: string): Judge {
  return ({ ruleTests }) => {
    const output = ruleTests.get(name)!;
    if (output === '') return 'ok';
    const failure = firstFailure(output);
    return {
      found: failure
        ? `${failure} (monitoring/${name}.test.yml)`
        : `promtool refuses the rules: ${reason(output)}`,
      cause: failure ? cause : causeOf(output),
      file: FILE,
      traces: [],
    };
  };
}

/** What rang at a time of a test in place of what should have; undefined if the test did not run. */
function firstFailure(output: string): string | undefined {
  const [, time, expected, got] = /time: (\w+),\s+exp: ?(.*)\s+got: ?(.*)/.exec(output) ?? [];
  if (time === undefined) return undefined;
  const [should, did] = [alertsIn(expected!), alertsIn(got!)];
  const does = did.includes(' and ') ? 'do' : 'does';
  return should === 'nothing'
    ? `After ${time}, no alert should ring, but ${did} ${does}`
    : `After ${time}, ${should} should ring, but ${did} ${does}`;
}

function alertsIn(samples: string): string {
  const names = [...samples.matchAll(/alertname="([^"]*)"/g)].map(([, name]) => name);
  return names.join(' and ') || 'nothing';
}

function causeOf(output: string): string {
  if (/could not parse expression|parse error/.test(output))
    return 'An expression is not valid PromQL: look for a missing parenthesis or a misspelled function.';
  if (/no such file/.test(output)) return 'The file is missing: npm run step 18/start puts it there.';
  return 'The file is not valid YAML. Indent the alerts as the rules above them are.';
}

function reason(output: string): string {
  return output
    .replace(/^Unit Testing:.*$/m, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
