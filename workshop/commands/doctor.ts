/** npm run doctor: checks whether the workshop can run on this machine. */
import { nodeFault } from '../doctor/node-version.ts';

const fault = nodeFault();
if (fault) {
  console.log(`✗ node  ${fault}`);
  process.exitCode = 1;
} else {
  // An old version of Node.js couldn't load it.
  const { report } = await import('../doctor/report.ts');
  await report();
}
