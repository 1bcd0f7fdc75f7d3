declare module 'tdigest' {
  export interface Centroid {
    mean: number;
    n: number;
  }

  /** A t-digest (Ted Dunning, "Computing Extremely Accurate Quantiles Using t-Digests"). */
  export class TDigest {
    push(value: number | number[]): void;
    push_centroid(centroids: Centroid | Centroid[]): void;
    compress(): void;
    percentile(share: number): number;
    toArray(): Centroid[];
  }
}
