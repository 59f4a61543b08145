/** Which index answers a query, and which parts of it must be read. */
import { Class, invert, shorten, successor } from '../bson/key-encoding.js';
import { conjuncts, type Filter } from '../query/filter.js';
import { type Collection, limitOf, PRIMARY } from '../storage/collection.js';
import type { Index } from '../storage/catalog.js';
import { tableKey } from '../storage/store.js';
import { type Interval, intervalsOf, pointsOf } from './bounds.js';
import { cheapest, leadsToOne } from './cheapest.js';
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
  /** An index narrows the filter, whether or not it is the one that is read. */
  readonly bounded: boolean;
  /** Some document may be met several times: by several elements of an array. */
  readonly repeats: boolean;
}

/** A plan that would do, and what the rules say of it: how much of the filter and the sort its index serves. */
export interface Candidate {
  readonly plan: Plan;
  readonly score: number;
  /** Each range holds one document at most. */
  readonly unique: boolean;
}

const MOST_RANGES = 10_000;
const MOST_MERGED = 128;

/** @param limit how many rows are wanted; 0: all */
export function plan(
  collection: Collection,
  filter: Filter,
  sort: readonly Field[] = [],
  limit = 0,
  only?: Index,
): Plan {
  const parts = conjuncts(filter);
  const indexes = only ? [only] : collection.indexes.filter(({ pending }) => !pending);
  const candidates: Candidate[] = [];
  for (const index of indexes) {
    const considered = consider(index, parts, sort);
    candidates.push(...considered);
    if (considered.some(leadsToOne)) break; // no other index needs to be weighed
  }
  const bounded = candidates.some(({ plan }) => plan.bounded);
  return { ...cheapest(collection, candidates, limit), bounded };
}

function consider(index: Index, parts: readonly Filter[], sort: readonly Field[]): Candidate[] {
  const limit = limitOf(index);
  const answered = new Set<Filter>();
  const single = new Set<string>();
  let prefixes = [tableKey(index.table)];
  let points = 0;
  let leadingSingles = 0;
  let manyBounded = false;
  let manyAtSeveral = false;
  for (const [i, field] of index.fields.entries()) {
    if (index.multikey[i] && manyBounded) break;
    const point = pointsOf(parts, field);
    if (!point || prefixes.length * point.operands.length > MOST_RANGES) break;
    manyBounded ||= index.multikey[i]!;
    manyAtSeveral ||= index.multikey[i]! && point.operands.length > 1;
    const keys = point.operands.map((operand) => (field.descending ? invert : same)(shorten(operand.key, limit)));
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
    // Beyond a dot null also stands for elements that have no such field, which null does not match.
    const says = (key: Buffer) => key.length <= limit && (key[0] !== Class.null || field.path.parts.length === 1);
    if (point.operands.every(({ key }) => says(key))) answered.add(point.filter);
    if (keys.length === 1 && !index.multikey[i]) {
      single.add(field.path.text);
      if (leadingSingles === points) leadingSingles++;
    }
    points++;
  }
  const wanted = sort.filter((field) => !single.has(field.path.text));
  const inKeyOrder = direction(index, wanted, leadingSingles);
  const unique = index.unique && points === index.fields.length;

  const candidate = (ranges: Range[], interval?: Interval): Candidate => {
    ranges.sort((a, b) => a.low.compare(b.low));
    const merged =
      inKeyOrder === undefined && ranges.length <= MOST_MERGED ? direction(index, wanted, points) : undefined;
    const sorted = wanted.length === 0 || inKeyOrder !== undefined || merged !== undefined;
    const score =
      points * 10 + (interval ? 5 : 0) + (sort.length > 0 && sorted ? 4 : 0) + (index.name === PRIMARY ? 0.5 : 0);
    const plan = {
      index,
      ranges,
      reverse: wanted.length > 0 && (inKeyOrder ?? merged) === 'backwards',
      sorted,
      merge: wanted.length > 0 && inKeyOrder === undefined && merged !== undefined && ranges.length > 1,
      exact: parts.every((part) => answered.has(part) || interval?.answered.includes(part)),
      bounded: points > 0 || interval !== undefined,
      // An element that is given by one equality leads to each document once.
      repeats: manyAtSeveral || index.multikey.some((many, i) => many && i >= points),
    };
    return { plan, score, unique };
  };

  const next = index.fields[points];
  const many = index.multikey[points]!;
  const intervals = next && !(many && manyBounded) ? intervalsOf(parts, next, limit, many) : [];
  if (intervals.length === 0)
    return [candidate(prefixes.map((low) => ({ low, high: successor(low), fixed: low.length })))];
  return intervals.map((interval) => candidate(rangesOf(prefixes, interval, next!.descending), interval));
}

const same = (key: Buffer): Buffer => key;

function rangesOf(prefixes: readonly Buffer[], interval: Interval, descending: boolean): Range[] {
  const [low, high] = descending
    ? [successor(invert(interval.high)), successor(invert(interval.low))]
    : [interval.low, interval.high];
  return prefixes
    .map((prefix) => ({
      low: Buffer.concat([prefix, low]),
      high: Buffer.concat([prefix, high]),
      fixed: prefix.length,
    }))
    .filter((range) => range.low.compare(range.high) < 0);
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
