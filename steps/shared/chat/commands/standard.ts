import type { Command } from '../command.ts';
import { alerts } from './alerts.ts';
import { changeSampling } from './change-sampling.ts';
import { listTraces } from './list-traces.ts';
import { showLogs } from './show-logs.ts';
import { version } from './version.ts';

/** The commands that the bot has from the beginning. Only `samplingUsers` may change the sampling. */
export function standardCommands(samplingUsers: ReadonlySet<string>): Command[] {
  return [listTraces, showLogs, version, alerts, changeSampling(samplingUsers)];
}
