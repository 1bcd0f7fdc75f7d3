/** How many requests of one kind a variant handles. */
export interface Rate {
  perSecond: number;
  /** Compared with the first variant in the same round. */
  ratio: number;
}

/** A result of `npm run bench -- indicators --save FILE`. Rates and ratios are medians of the rounds. */
export interface IndicatorsResult {
  node: string;
  cores: number;
  cpu: string;
  /** The load average of the minute before. */
  load: number;
  connections: number;
  /** The length of each measurement. */
  seconds: number;
  rounds: number;
  /** Requests for a list reach social-api and PostgreSQL; those with an invalid name don't. */
  variants: { name: string; list: Rate; invalid: Rate }[];
}
