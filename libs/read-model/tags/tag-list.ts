import { tagKey, workStatuses } from '#incidents';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { shownUpTo } from '../shown-up-to.js';

export interface TagListQuery {
  /** What the tag begins with, without regard to case. */
  readonly q?: string | undefined;
  /** 1 to 200, default 20. */
  readonly limit?: number | undefined;
}

export interface ListedTag {
  /** As it was spelt first. */
  readonly tag: string;
  /** Whether it is one of those that the system gives. */
  readonly isSystem: boolean;
  /** Incidents that have it and are not redirected; where there are more than 1,000: 1,000. */
  readonly count: number;
  readonly countIsExact: boolean;
}

export interface TagList {
  readonly value: ListedTag[];
  /** Ids of incidents that are not counted, as they are parked. Absent: none. */
  readonly parked?: readonly string[];
  /** What it reflected at least. */
  readonly position: bigint;
}

const countedUpTo = 1_000;

/** Tags that incidents have, in the order of the alphabet. */
export async function tagList(
  collections: Pick<Collections, 'tags' | 'incidents' | 'parked'>,
  checkpoints: Checkpoints,
  { q = '', limit = 20 }: TagListQuery = {},
): Promise<TagList> {
  const { tags, incidents } = collections;
  const { position, parked } = await shownUpTo(collections, checkpoints, 'incidents');
  // To tell whether a row is parked takes a look at it: that is done only where one is.
  const shown = {
    status: { $in: [...workStatuses] },
    ...(parked.length > 0 && { parked: { $ne: true as const } }),
  };
  const begins = tagKey(q);
  const value: ListedTag[] = [];
  // Tags that no incident has any more are still there, and mostly few: as long as nothing else is found, more are looked at at once.
  for (let after: string | undefined, atOnce = limit; value.length < limit; atOnce = Math.min(2 * atOnce, 1_000)) {
    const low = after === undefined ? { $gte: begins } : { $gt: after };
    const some = await tags
      .find({ _id: { ...low, $lt: `${begins}\u{10ffff}` } })
      .sort({ _id: 1 })
      .limit(atOnce)
      .toArray();
    const counts = await Promise.all(
      some.map(({ _id }) => incidents.countDocuments({ tagKeys: { $eq: _id }, ...shown }, { limit: countedUpTo + 1 })),
    );
    for (const [index, { tag, isSystem }] of some.entries()) {
      const count = Number(counts[index]);
      if (count > 0 && value.length < limit)
        value.push({ tag, isSystem, count: Math.min(count, countedUpTo), countIsExact: count <= countedUpTo });
    }
    if (some.length < atOnce) break;
    after = some.at(-1)!._id;
  }
  return { value, ...(parked.length > 0 && { parked }), position };
}
