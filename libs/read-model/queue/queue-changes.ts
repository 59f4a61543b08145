import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { openCursor, sealCursor } from '../cursor.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { matchingAmong } from './membership.js';
import type { QueueFilter } from './queue-query.js';
import { parkedIncidents, withoutParked } from '../parking/shown.js';
import { shownUpTo } from '../shown-up-to.js';

export interface ChangesQuery extends QueueFilter {
  /** `position` of a page one of the queue with the same filter, or of changes to it. */
  readonly changedSince: bigint;
  /** How many incidents at most, those that left included: 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface QueueChanges {
  /** Rows that match, in the order of their change. */
  readonly value: IncidentDocument[];
  /** Ids of those that do not, or not any more. Whoever keeps a list takes them off. */
  readonly left: string[];
  /** Ids of all incidents that are not shown, as they are parked: what a list has of them is stale. Absent: none. */
  readonly parked?: readonly string[];
  readonly nextCursor: string | null;
  /** What page one reflected at least: where to ask from the next time. */
  readonly position: bigint;
}

/** How far the pages have come, and what page one reflected. */
interface Place {
  readonly after: string;
  readonly position: string;
}

/**
 * What changed in the queue after a position. An incident stands at the position of its last change and moves on with the next, always to
 * the end: one that changes while pages are read comes later, or the next time. So a list to which all pages are applied is the list that the
 * query would give anew. A page may have few rows, or none, and still be followed by others. Throws InvalidCursor.
 */
export async function queueChanges(
  collections: Pick<Collections, 'incidents' | 'entities' | 'parked'>,
  checkpoints: Checkpoints,
  { limit = 50, cursor, changedSince, ...filter }: ChangesQuery,
): Promise<QueueChanges> {
  const query = { changedSince: String(changedSince), ...filter };
  const place = cursor === undefined ? undefined : openCursor(query, cursor, isPlace);
  // The position first: what is read afterwards reflects at least this.
  // Who is parked stands where it stood before, and is told of each time.
  const { position, parked } = place
    ? { position: BigInt(place.position), parked: await parkedIncidents(collections) }
    : await shownUpTo(collections, checkpoints, 'incidents');

  const changed = await collections.incidents
    .find({ position: { $gt: place ? BigInt(place.after) : changedSince } }, { projection: { position: 1 } })
    .sort({ position: 1 })
    .limit(limit + 1)
    .toArray();
  const onPage = changed.slice(0, limit).map(({ _id }) => _id);
  const rows = await matchingAmong(collections, filter, onPage);
  const matching = new Map(rows.map((row) => [row._id, row] as const));
  const last = changed.length > limit ? changed[limit - 1] : undefined;
  return {
    ...withoutParked(
      onPage.flatMap((id) => matching.get(id) ?? []),
      parked,
    ),
    left: onPage.filter((id) => !matching.has(id)),
    nextCursor: last ? sealCursor(query, { after: String(last.position), position: String(position) }) : null,
    position,
  };
}

function isPlace(place: unknown): place is Place {
  const { after, position } = (place ?? {}) as Record<string, unknown>;
  return [after, position].every((each) => typeof each === 'string' && /^\d{1,19}$/.test(each));
}
