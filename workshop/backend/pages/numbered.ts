/** Values that are sent to a page only once, and the indexes that stand for them. */
import type { Attributes, AttributeValue } from '../../trace/model.ts';

/** Adds items to a list, each only once. */
export class Numbered<Item> {
  readonly all: Item[];
  readonly #indexes = new Map<Item, number>();

  constructor(all: Item[] = []) {
    this.all = all;
  }

  /** The index of an item, which is added if it is new. */
  of(item: Item): number {
    const known = this.#indexes.get(item);
    if (known !== undefined) return known;
    const index = this.all.push(item) - 1;
    this.#indexes.set(item, index);
    return index;
  }
}

/** Returns a function that adds attributes to a list, each as two indexes: that of its key and that of its value. */
export function pairAdder(
  values: Numbered<AttributeValue>,
): (pairs: number[], attributes: Attributes) => number[] {
  /** The values of each key: in several small maps, values are found faster than in one large map. */
  const byKey = new Map<string, { keyAt: number; valuesOfKey: Numbered<AttributeValue> }>();
  return (pairs, attributes) => {
    for (const key in attributes) {
      let known = byKey.get(key);
      if (!known) {
        known = { keyAt: values.of(key), valuesOfKey: new Numbered(values.all) };
        byKey.set(key, known);
      }
      pairs.push(known.keyAt, known.valuesOfKey.of(attributes[key]!));
    }
    return pairs;
  };
}
