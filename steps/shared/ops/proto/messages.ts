/** The messages of ops.proto as programs see them. Times and durations are decimal numbers of ns, in strings. */

export interface ListTracesReq {
  service: string;
  operation: string;
  tags: string[];
  start: string;
  end: string;
  duration_min: string;
  duration_max: string;
  search_depth: number;
}
export interface ListTracesResp {
  traces: { id: string; start: string }[];
  url: string;
}

export interface ShowTraceReq {
  id: string;
}
export interface ShowTraceResp {
  id: string;
  url: string;
  operations: string[];
  errors: string[];
  tags: string[];
  duration: string;
}

export interface LogLine {
  time: string;
  service: string;
  severity: string;
  text: string;
  span_id: string;
}
export interface ShowLogsReq {
  id: string;
}
export interface ShowLogsResp {
  lines: LogLine[];
}

export type SamplingType = 'NEVER' | 'ALWAYS' | 'FLOAT';
export interface ChangeSamplingReq {
  service: string;
  type: SamplingType;
  float_value: number;
  requested_by: string;
}
export interface ChangeSamplingResp {
  ratio: number;
  confirmed: string[];
  unconfirmed: string[];
}

export interface DeployedVersionReq {
  service: string;
}
export interface DeployedVersionResp {
  instances: { instance: string; version: string }[];
  differ: boolean;
  url: string;
}

export interface AlertsReq {
  labels: string[];
  active_at: string;
  states: string[];
}
export interface AlertsResp {
  alerts: {
    labels: Record<string, string>;
    state: string;
    value: number;
    active_at: string;
    summary: string;
  }[];
  url: string;
}

/** Each method with its request and its response. */
export interface Methods {
  ListTraces: [ListTracesReq, ListTracesResp];
  ShowTrace: [ShowTraceReq, ShowTraceResp];
  ShowLogs: [ShowLogsReq, ShowLogsResp];
  ChangeSampling: [ChangeSamplingReq, ChangeSamplingResp];
  DeployedVersion: [DeployedVersionReq, DeployedVersionResp];
  Alerts: [AlertsReq, AlertsResp];
}
