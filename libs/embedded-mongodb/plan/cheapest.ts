/** Which of several plans reads least, by counting keys. */
import type { Collection } from '../storage/collection.js';
import type { Candidate, Plan } from './planner.js';

/** Keys that are counted of one plan, where some rows are wanted and where all are. */
const MOST_COUNTED = 2_000;
const MOST_COUNTED_OF_ALL = 10_000;

/** To one document at most: nothing reads less. */
export const leadsToOne = ({ plan, unique }: Candidate): boolean => unique && plan.ranges.length === 1;

/** @param limit how many rows are wanted; 0: all */
export function cheapest(collection: Collection, candidates: readonly Candidate[], limit: number): Plan {
  const ranked = [...candidates].sort((a, b) => b.score - a.score);
  const single = ranked.find(leadsToOne);
  if (single) return single.plan;
  const worthwhile = ranked.filter(({ plan, score }) => plan.bounded || score >= 1);
  if (worthwhile.length < 2) return ranked[0]!.plan;

  const all = collection.count;
  const wanted = limit === 0 ? all : limit;
  // Beyond this many a plan that reads in the order of the sort and passes over what does not match is no worse.
  const most = Math.min(Math.ceil(Math.sqrt(wanted * all)), limit === 0 ? MOST_COUNTED_OF_ALL : MOST_COUNTED);
  const counted = worthwhile.map(({ plan, unique }) => ({ plan, keys: keysOf(collection, plan, unique, most) }));
  // At most this many match. They are taken to be spread evenly over what a plan reads.
  const matching = Math.max(1, Math.min(...counted.map(({ keys }) => keys)));
  const costs = counted.map(({ plan, keys }) => (plan.sorted ? Math.min(keys, (wanted * keys) / matching) : keys));
  return counted[costs.indexOf(Math.min(...costs))]!.plan;
}

/** As many as there are documents when there are `most` or more. */
function keysOf(collection: Collection, plan: Plan, unique: boolean, most: number): number {
  if (!plan.bounded) return collection.count;
  if (unique) return plan.ranges.length;
  let keys = 0;
  for (const { low, high } of plan.ranges) {
    keys += collection.store.countUpTo(most - keys, low, high);
    if (keys >= most) return collection.count;
  }
  return keys;
}
