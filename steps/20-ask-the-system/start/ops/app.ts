import { buildOps, type OpsConfig } from '#shared/ops/app.ts';

/** Builds ops without listening. The methods that no lesson adds are in steps/shared/ops. */
export function buildApp(config: OpsConfig) {
  return buildOps(config, {});
}
