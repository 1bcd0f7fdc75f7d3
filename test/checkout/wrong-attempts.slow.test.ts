import { testLive } from '../check/wrong-attempts.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

if (!brokerMissing) Object.assign(process.env, (await startBroker()).env);

testLive(
  mistakes.filter(({ patch }) => patch),
  brokerMissing,
);
