/** Which index answers a query, and which parts of it must be read. */
import { Class, invert, lowestNumber, shorten, successor } from '../bson/key-encoding.js';
import { Type } from '../bson/raw.js';
import { conjuncts, type Filter, type Operand } from '../query/filter.js';
import { type Collection, limitOf, PRIMARY } from '../storage/collection.js';
import type { Index } from '../storage/catalog.js';
import { tableKey } from '../storage/store.js';
import type { Field } from './keys.js';

/** The keys [low, high); `fixed` bytes of them are given by equalities. */
export interface Range {
  readonly low: Buffer;
  readonly high: Buffer;
  readonly fixed: number;
}

export interface Plan {
  readonly index: Index;
  readonly ranges: readonly Range[];
  readonly reverse: boolean;
  /** Rows come in the order that was asked for; else they must be sorted. */
  readonly sorted: boolean;
  /** The ranges are read side by side, ordered by what follows their fixed bytes. */
  readonly merge: boolean;
  /** The ranges hold just the documents that match: nothing is left to compare. */
  readonly exact: boolean;
  /** The filter narrowed the scan. */
  readonly bounded: boolean;
  /** Some document may be met several times: by several elements of an array. */
  readonly repeats: boolean;
}

const MOST_RANGES = 10_000;
const MOST_MERGED = 128;

export function plan(collection: Collection, filter: Filter, sort: readonly Field[] = [], only?: Index): Plan {
  const parts = conjuncts(filter);
  let best: { plan: Plan; score: number } | undefined;
  for (const index of only ? [only] : collection.indexes) {
    if (index.pending) continue;
    const found = consider(index, parts, sort);
    if (!best || found.score > best.score) best = found;
  }
  return best!.plan;
}

function consider(index: Index, parts: readonly Filter[], sort: readonly Field[]): { plan: Plan; score: number } {
  const limit = limitOf(index);
  const answered = new Set<Filter>();
  const single = new Set<string>();
  let prefixes = [tableKey(index.table)];
  let points = 0;
  let leadingSingles = 0;
  let manyBounded = false;
  for (const [i, field] of index.fields.entries()) {
    if (index.multikey[i] && manyBounded) break;
    const point = pointsOf(parts, field);
    if (!point || prefixes.length * point.operands.length > MOST_RANGES) break;
    manyBounded ||= index.multikey[i]!;
    const keys = point.operands.map((operand) => (field.descending ? invert : same)(shorten(operand.key, limit)));
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
    if (point.operands.every(({ key }) => key[0] !== Class.null && key.length <= limit)) answered.add(point.filter);
    if (keys.length === 1 && !index.multikey[i]) {
      single.add(field.path.text);
      if (leadingSingles === points) leadingSingles++;
    }
    points++;
  }
  let ranges: Range[] = prefixes.map((low) => ({ low, high: successor(low), fixed: low.length }));
  const next = index.fields[points];
  const interval =
    next && !(index.multikey[points] && manyBounded)
      ? intervalOf(parts, next, limit, index.multikey[points]!)
      : undefined;
  if (interval) {
    for (const filter of interval.answered) answered.add(filter);
    const [low, high] = next!.descending
      ? [successor(invert(interval.high)), successor(invert(interval.low))]
      : [interval.low, interval.high];
    ranges = prefixes.map((prefix) => ({
      low: Buffer.concat([prefix, low]),
      high: Buffer.concat([prefix, high]),
      fixed: prefix.length,
    }));
    ranges = ranges.filter((range) => range.low.compare(range.high) < 0);
  }
  ranges.sort((a, b) => a.low.compare(b.low));

  const wanted = sort.filter((field) => !single.has(field.path.text));
  const inKeyOrder = direction(index, wanted, leadingSingles);
  const merged =
    inKeyOrder === undefined && ranges.length <= MOST_MERGED ? direction(index, wanted, points) : undefined;
  const sorted = wanted.length === 0 || inKeyOrder !== undefined || merged !== undefined;
  const bounded = points > 0 || interval !== undefined;
  const reverse = wanted.length > 0 && (inKeyOrder ?? merged) === 'backwards';
  const merge = wanted.length > 0 && inKeyOrder === undefined && merged !== undefined && ranges.length > 1;
  const repeats = index.multikey.includes(true) && (ranges.length > 1 || points < index.fields.length);
  const exact = parts.every((part) => answered.has(part));
  const whole = index.unique && points === index.fields.length ? 1000 : 0;
  const score =
    whole + points * 10 + (interval ? 5 : 0) + (sort.length > 0 && sorted ? 4 : 0) + (index.name === PRIMARY ? 0.5 : 0);
  return { plan: { index, ranges, reverse, sorted, merge, exact, bounded, repeats }, score };
}

const same = (key: Buffer): Buffer => key;

const atPath = (filter: Filter, field: Field): boolean => 'path' in filter && filter.path.text === field.path.text;

/** An array is matched as a whole or as an element, which no single key says. */
const indexable = ({ value }: Operand): boolean => value.type !== Type.array;

function pointsOf(
  parts: readonly Filter[],
  field: Field,
): { filter: Filter; operands: readonly Operand[] } | undefined {
  let found: { filter: Filter; operands: readonly Operand[] } | undefined;
  for (const filter of parts) {
    if (!atPath(filter, field)) continue;
    if (filter.kind === 'compare' && filter.op === 'eq' && indexable(filter.operand))
      return { filter, operands: [filter.operand] };
    if (filter.kind === 'in' && filter.operands.every(indexable) && !found)
      found = { filter, operands: filter.operands };
  }
  return found;
}

/** Values from `low` up to `high`, of one type: comparisons do not cross types. */
interface Interval {
  low: Buffer;
  high: Buffer;
  readonly answered: Filter[];
}

function intervalOf(parts: readonly Filter[], field: Field, limit: number, multikey: boolean): Interval | undefined {
  let interval: Interval | undefined;
  for (const filter of parts) {
    if (filter.kind !== 'compare' || filter.op === 'eq' || !atPath(filter, field)) continue;
    const { key, value } = filter.operand;
    const type = key[0]!;
    if (!indexable({ key, value }) || type === Class.null || type === Class.minKey || type === Class.maxKey) continue;
    if (type === Class.number && key.compare(lowestNumber) < 0) continue;
    // In an array one element may be above and another below: only one of the comparisons bounds the scan.
    if (interval && multikey) break;
    const cut = key.length > limit;
    const bound = cut ? key.subarray(0, limit) : key;
    const low = type === Class.number ? lowestNumber : Buffer.from([type]);
    const high = Buffer.from([type + 1]);
    interval ??= { low, high, answered: [] };
    let bounds: [Buffer, Buffer];
    if (filter.op === 'gt') bounds = [cut ? bound : successor(bound), high];
    else if (filter.op === 'gte') bounds = [bound, high];
    else if (filter.op === 'lt') bounds = [low, cut ? successor(bound) : bound];
    else bounds = [low, successor(bound)];
    if (bounds[0].compare(interval.low) > 0) interval.low = bounds[0];
    if (bounds[1].compare(interval.high) < 0) interval.high = bounds[1];
    if (!cut) interval.answered.push(filter);
  }
  return interval;
}

/** How to read the index from its field `from` on so that rows come as `sort` wants; undefined when it cannot give that. */
function direction(index: Index, sort: readonly Field[], from: number): 'forwards' | 'backwards' | undefined {
  if (index.shortened) return undefined;
  let backwards: boolean | undefined;
  for (const [i, wanted] of sort.entries()) {
    const field = index.fields[from + i];
    if (!field || field.path.text !== wanted.path.text || index.multikey[from + i]) return undefined;
    const opposite = field.descending !== wanted.descending;
    if (backwards !== undefined && backwards !== opposite) return undefined;
    backwards = opposite;
  }
  return backwards ? 'backwards' : 'forwards';
}
