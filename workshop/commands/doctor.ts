/** npm run doctor: looks for what could keep the workshop from running here. */
import { nodeFault } from '../doctor/node-version.ts';

const fault = nodeFault();
if (fault) {
  console.log(`✗ node  ${fault}`);
  process.exitCode = 1;
} else {
  // Only now: an old Node.js could not even load it.
  const { report } = await import('../doctor/report.ts');
  await report();
}
