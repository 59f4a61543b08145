/** What a filter says of the keys of one field: single ones, or intervals. */
import { Class, lowestNumber, successor } from '../bson/key-encoding.js';
import { Type } from '../bson/raw.js';
import { conjuncts, type Filter, type Operand } from '../query/filter.js';
import type { Field } from './keys.js';

type Ordering = Extract<Filter, { kind: 'compare' }>;

export interface Points {
  readonly filter: Filter;
  readonly operands: readonly Operand[];
}

/** Values from `low` up to `high`, of one type: comparisons do not cross types. */
export interface Interval {
  readonly low: Buffer;
  readonly high: Buffer;
  /** The conditions that hold for just these keys. */
  readonly answered: readonly Filter[];
}

export function pointsOf(parts: readonly Filter[], field: Field): Points | undefined {
  let found: Points | undefined;
  for (const filter of parts) {
    if (!atPath(filter, field)) continue;
    if (filter.kind === 'compare' && filter.op === 'eq' && indexable(filter.operand))
      return { filter, operands: [filter.operand] };
    if (filter.kind === 'in' && filter.operands.every(indexable) && !found)
      found = { filter, operands: filter.operands };
  }
  return found;
}

/**
 * The intervals of which any one may bound a scan. Where a document has one key all comparisons hold for that: one interval. Where it
 * may have many (`multikey`), one element may be above and another below: each comparison has its own, and so has each $elemMatch,
 * within which all comparisons hold for the same element.
 */
export function intervalsOf(parts: readonly Filter[], field: Field, limit: number, multikey: boolean): Interval[] {
  const intervals = parts.flatMap((filter) => {
    const interval = atPath(filter, field) ? intervalOf(filter, limit) : undefined;
    return interval ? [interval] : [];
  });
  return multikey || intervals.length === 0 ? intervals : [intervals.reduce(both)];
}

function intervalOf(filter: Filter, limit: number): Interval | undefined {
  if (filter.kind === 'compare') return comparedWith(filter, limit);
  if (filter.kind !== 'elemMatch' || filter.object) return undefined;
  const [first, ...more] = conjuncts(filter.of).flatMap((part) =>
    part.kind === 'compare' ? (comparedWith(part, limit) ?? []) : [],
  );
  // A value that is no array has a key like that of an element, and is not matched: the keys alone do not answer.
  return first && { ...more.reduce(both, first), answered: [] };
}

function comparedWith(filter: Ordering, limit: number): Interval | undefined {
  const { op, operand } = filter;
  const { key } = operand;
  const type = key[0]!;
  if (op === 'eq' || !indexable(operand)) return undefined;
  if (type === Class.null || type === Class.minKey || type === Class.maxKey) return undefined;
  if (type === Class.number && key.compare(lowestNumber) < 0) return undefined;
  const cut = key.length > limit;
  const bound = cut ? key.subarray(0, limit) : key;
  const above = op === 'gt' && !cut ? successor(bound) : bound;
  const below = op === 'lt' && !cut ? bound : successor(bound);
  const upwards = op === 'gt' || op === 'gte';
  return {
    low: upwards ? above : type === Class.number ? lowestNumber : Buffer.from([type]),
    high: upwards ? Buffer.from([type + 1]) : below,
    answered: cut ? [] : [filter],
  };
}

const both = (one: Interval, other: Interval): Interval => ({
  low: one.low.compare(other.low) > 0 ? one.low : other.low,
  high: one.high.compare(other.high) < 0 ? one.high : other.high,
  answered: [...one.answered, ...other.answered],
});

const atPath = (filter: Filter, field: Field): boolean => 'path' in filter && filter.path.text === field.path.text;

/** An array is matched as a whole or as an element, which no single key says. */
const indexable = ({ value }: Operand): boolean => value.type !== Type.array;
