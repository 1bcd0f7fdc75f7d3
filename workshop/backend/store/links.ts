import type { StoredSpan, StoredTrace } from './store.ts';

/** A link from a span that is kept to a span that may not be. */
export interface StoredLink {
  readonly from: { readonly trace: StoredTrace; readonly span: StoredSpan };
  readonly to: SpanAddress;
}

/** Where a span is. Both ids are lowercase hex. */
export interface SpanAddress {
  traceId: string;
  spanId: string;
}

/** Roughly how much memory a link takes, in bytes. */
const LINK_BYTES = 300;
/** More links of one span than this aren't found from their targets: the default limit of the SDKs. */
const MAX_LINKS = 128;

/** Finds the links of a trace from both of their ends. */
export class Links {
  readonly #from = new Map<StoredTrace, StoredLink[]>();
  readonly #to = new Map<string, Set<StoredLink>>();
  /** Roughly how much memory all of this takes, in bytes. */
  bytes = 0;

  add(trace: StoredTrace, span: StoredSpan, targets: readonly SpanAddress[]): void {
    for (const to of targets.slice(0, MAX_LINKS)) {
      const link = { from: { trace, span }, to };
      const ofTrace = this.#from.get(trace);
      if (ofTrace) ofTrace.push(link);
      else this.#from.set(trace, [link]);
      const ofTarget = this.#to.get(to.traceId);
      if (ofTarget) ofTarget.add(link);
      else this.#to.set(to.traceId, new Set([link]));
      this.bytes += LINK_BYTES;
    }
  }

  /** Removes the links from a trace. */
  remove(trace: StoredTrace): void {
    for (const link of this.from(trace)) {
      const ofTarget = this.#to.get(link.to.traceId)!;
      ofTarget.delete(link);
      if (ofTarget.size === 0) this.#to.delete(link.to.traceId);
      this.bytes -= LINK_BYTES;
    }
    this.#from.delete(trace);
  }

  /** The links of the spans of a trace. */
  from(trace: StoredTrace): readonly StoredLink[] {
    return this.#from.get(trace) ?? [];
  }

  /** The links to the spans of a trace. */
  to(traceId: string): readonly StoredLink[] {
    return [...(this.#to.get(traceId) ?? [])];
  }
}
