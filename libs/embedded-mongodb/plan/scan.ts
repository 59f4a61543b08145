/**
 * Reading the ranges of a plan. Rows are read ahead in small chunks and LMDB's cursor is closed at once,
 * so a scan may rest between two turns of the event loop: `rest` forgets what was read ahead, as it may have changed.
 */
import { checked, type Collection, PRIMARY } from '../storage/collection.js';
import type { Entry } from '../storage/store.js';
import type { Matcher } from '../query/match.js';
import type { Plan, Range } from './planner.js';

export interface Row {
  /** The key of the document in its collection. */
  readonly id: Buffer;
  readonly document: Buffer;
}

/** What scans have cost since the start. `unindexed`: filters that no index narrowed. */
export const cost = { unindexed: 0, keys: 0, documents: 0 };

const FIRST_CHUNK = 16;
const LARGEST_CHUNK = 256;
/** A scan offers to rest after this many keys: few, as a filter may be long and documents large. */
const STRIDE = 8;

class Source {
  private ahead: Entry[] = [];
  private at = 0;
  private last: Buffer | undefined;
  private chunk = FIRST_CHUNK;

  constructor(
    private readonly collection: Collection,
    private readonly range: Range,
    private readonly reverse: boolean,
  ) {}

  peek(): Entry | undefined {
    if (this.at === this.ahead.length) {
      const { low, high } = this.range;
      this.ahead = this.collection.store.read(low, high, this.reverse, this.chunk, this.last);
      this.at = 0;
      this.chunk = Math.min(this.chunk * 2, LARGEST_CHUNK);
    }
    return this.ahead[this.at];
  }

  take(): void {
    this.last = this.ahead[this.at++]!.key;
  }

  rest(): void {
    this.ahead = [];
    this.at = 0;
  }

  /** What orders this source among others that are merged. */
  order(other: Source): number {
    const a = this.ahead[this.at]!.key;
    const b = other.ahead[other.at]!.key;
    return a.compare(b, other.range.fixed, b.length, this.range.fixed, a.length) * (this.reverse ? -1 : 1);
  }
}

export class Scan {
  private sources: Source[] = [];

  /** `matches`: what the plan leaves to be compared. */
  constructor(
    private readonly collection: Collection,
    private readonly plan: Plan,
    private readonly matches?: Matcher,
  ) {}

  rest(): void {
    for (const source of this.sources) source.rest();
  }

  /** The rows that match; undefined where the scan may rest. A document is not fetched for `keysOnly`. */
  *rows(keysOnly = false): Generator<Row | undefined> {
    const { collection, plan, matches } = this;
    const primary = plan.index.name === PRIMARY;
    const seen = plan.repeats ? new Set<string>() : undefined;
    let read = 0;
    for (const { key, value } of this.entries()) {
      cost.keys++;
      const id = key.subarray(primary ? 4 : 4 + value.readUInt16LE());
      if (!seen || !seen.has(id.toString('latin1'))) {
        seen?.add(id.toString('latin1'));
        const document = keysOnly ? value : primary ? checked(value, collection.namespace) : collection.peek(id);
        if (!keysOnly) cost.documents++;
        if (document && (!matches || matches(document, 0)))
          yield { id, document: keysOnly || primary ? document : Buffer.from(document) };
      }
      if (++read % STRIDE === 0) yield undefined;
    }
  }

  private *entries(): Generator<Entry> {
    const { collection, plan } = this;
    if (plan.merge) {
      yield* this.merged();
      return;
    }
    const ranges = plan.reverse ? [...plan.ranges].reverse() : plan.ranges;
    for (const range of ranges) {
      if (plan.index.name === PRIMARY && range.low.length === range.fixed && range.fixed > 4) {
        const value = collection.store.get(range.low);
        if (value) yield { key: range.low, value };
        continue;
      }
      const source = new Source(collection, range, plan.reverse);
      this.sources = [source];
      for (let entry = source.peek(); entry; entry = source.peek()) {
        source.take();
        yield entry;
      }
    }
  }

  private *merged(): Generator<Entry> {
    this.sources = this.plan.ranges.map((range) => new Source(this.collection, range, this.plan.reverse));
    for (;;) {
      let first: { source: Source; entry: Entry } | undefined;
      for (const source of this.sources) {
        const entry = source.peek();
        if (entry && (!first || source.order(first.source) < 0)) first = { source, entry };
      }
      if (!first) return;
      first.source.take();
      yield first.entry;
    }
  }

  /** How many documents the ranges hold, without reading one; only where the plan is exact and repeats none; of each range up to `most`. */
  *count(most = Infinity): Generator<number | undefined> {
    const { store } = this.collection;
    for (const { low, high } of this.plan.ranges) {
      if (low.length === 4) yield this.collection.count;
      else yield most === Infinity ? store.count(low, high) : store.countUpTo(most, low, high);
      yield undefined;
    }
  }
}
