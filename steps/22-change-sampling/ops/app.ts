import { buildOps, type OpsConfig } from '#shared/ops/app.ts';
import { showTrace } from './show-trace.ts';

/** Builds ops without listening. The methods that no lesson adds are in steps/shared/ops. */
export function buildApp(config: OpsConfig) {
  return buildOps(config, { ShowTrace: showTrace });
}
