import type { Filter, Sort } from 'mongodb';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { openCursor, sealCursor } from '../cursor.js';
import { findByEntities } from './entity-search.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import type { StoredIncident } from './incident-search.js';
import { sought } from './membership.js';
import { parkedIncidents, withoutParked } from '../parking/shown.js';
import { shownUpTo } from '../shown-up-to.js';
import { all, conditionsOf, visibleOf } from './queue-query.js';
import type { QueueFilter, QueueSort, QueueSortKey } from './queue-query.js';

export interface QueueQuery extends QueueFilter {
  /** Default: the newest change first. */
  readonly sort?: QueueSort | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface QueuePage {
  readonly value: IncidentDocument[];
  /** Ids of all incidents that are not shown, as they are parked: whether they match nobody knows. Absent: none. */
  readonly parked?: readonly string[];
  readonly nextCursor: string | null;
  /** How many rows the filter leaves, as of page one; where there are more than 10,000: 10,000, with words 1,000. */
  readonly total: number;
  /** False where there are more than `total`. */
  readonly totalIsExact: boolean;
  /** What page one reflected at least. Rows that changed after it may be missing from later pages or come twice. */
  readonly position: bigint;
}

const countedUpTo = 10_000;
/** With words: each row is looked at to count it. */
const countedWithWords = 1_000;
/** Rows that are passed over for one page at most. */
const mostWalked = 3_000;
const walkedAtOnce = 1_000;

const orderedBy = {
  lastUpdateDateTime: 'lastUpdateDateTime',
  createdDateTime: 'createdDateTime',
  severity: 'severityRank',
  displayName: 'nameKey',
  id: 'number',
} as const satisfies Record<QueueSortKey, keyof StoredIncident>;

/** A row by which rows go on. */
interface RowPlace {
  readonly key: string | number;
  readonly number: number;
}

/** Where a page ended, and what page one said of them all. */
interface Place extends RowPlace {
  readonly total: number;
  readonly exact: boolean;
  readonly position: string;
}

/**
 * A page of the queue. The order is total (the number of the incident decides last) and pages go on behind the last row shown, so that
 * no row that stays as it is gets lost or comes twice, whatever happens to others. Where an entity or a word stands for so many incidents that
 * they are not looked up, the rows are asked in order whether they match, and a page may be short, even empty, and be followed by others.
 * Throws InvalidCursor.
 */
export async function queuePage(
  collections: Pick<Collections, 'incidents' | 'entities' | 'parked'>,
  checkpoints: Checkpoints,
  { sort = '-lastUpdateDateTime', limit = 50, cursor, ...filter }: QueueQuery,
): Promise<QueuePage> {
  const { incidents } = collections;
  const query = { sort, ...filter };
  const place = cursor === undefined ? undefined : openCursor(query, cursor, isPlace);

  // The position first: what is read afterwards reflects at least this.
  const { position, parked } = place
    ? { position: BigInt(place.position), parked: await parkedIncidents(collections) }
    : await shownUpTo(collections, checkpoints, 'incidents');
  const found = await findByEntities(collections, filter);
  const visible = [...visibleOf(filter), ...found.conditions];
  const { value, last } = found.isComplete
    ? await readPage(incidents, visible, sort, limit, place)
    : await walk(collections, filter, visible, sort, limit, place);
  const { total, exact } = place ?? (await totalOf());
  const next: Place | undefined = last && { ...last, total, exact, position: String(position) };
  const nextCursor = next ? sealCursor(query, next) : null;
  return { ...withoutParked(value, parked), nextCursor, total, totalIsExact: exact, position };

  /** Of page one. Where all rows are on it, nothing is left to count. */
  async function totalOf(): Promise<Pick<Place, 'total' | 'exact'>> {
    if (!last) return { total: value.length, exact: true };
    const conditions = conditionsOf(filter);
    if (found.isComplete) return countRows(incidents, [...conditions, ...found.conditions], visible);
    return { total: value.length, exact: false };
  }
}

/** `last`: the row behind which the next page begins; undefined: this is the last page. */
interface Rows {
  readonly value: StoredIncident[];
  readonly last: RowPlace | undefined;
}

async function readPage(
  incidents: Collections['incidents'],
  conditions: Filter<StoredIncident>[],
  sort: QueueSort,
  limit: number,
  place: RowPlace | undefined,
): Promise<Rows> {
  const rows = await readRows(incidents, conditions, sort, limit + 1, place);
  const value = rows.slice(0, limit);
  return { value, last: rows.length > limit ? placeOf(value.at(-1)!, sort) : undefined };
}

/** Row by row in the order that was asked for, as an entity that many incidents are about is met soon. */
async function walk(
  collections: Pick<Collections, 'incidents' | 'entities'>,
  filter: QueueFilter,
  conditions: Filter<StoredIncident>[],
  sort: QueueSort,
  limit: number,
  place: RowPlace | undefined,
): Promise<Rows> {
  const value: StoredIncident[] = [];
  let last = place;
  for (let walked = 0, atOnce = 2 * limit; walked < mostWalked; walked += atOnce, atOnce *= 2) {
    atOnce = Math.min(atOnce, walkedAtOnce);
    const rows = await readRows(collections.incidents, conditions, sort, atOnce, last);
    for (const row of await sought(collections, filter, rows)) {
      value.push(row);
      if (value.length === limit) return { value, last: placeOf(row, sort) };
    }
    if (rows.length < atOnce) return { value, last: undefined };
    last = placeOf(rows.at(-1)!, sort);
  }
  return { value, last };
}

/**
 * Those to be left out are mostly few, and found by an index of their own; to count the others without them is to look at each. That is
 * done where too many are left out to count them too.
 */
async function countRows(
  incidents: Collections['incidents'],
  conditions: Filter<StoredIncident>[],
  visible: Filter<StoredIncident>[],
): Promise<Pick<Place, 'total' | 'exact'>> {
  const count = async (which: Filter<StoredIncident>[], beside = 0) =>
    Number(await incidents.countDocuments(all(which), { limit: upTo + 1 + beside })) - beside;
  const upTo = conditions.some((condition) => 'searchTokens' in condition) ? countedWithWords : countedUpTo;
  const hidden =
    visible.length === conditions.length ? 0 : await count([...conditions, { status: { $eq: 'redirected' } }]);
  const counted = hidden > upTo ? await count(visible) : await count(conditions, hidden);
  return { total: Math.min(counted, upTo), exact: counted <= upTo };
}

/** Behind a place: first the rest of the rows that share its key, then those beyond. Either is one stretch of an index. */
async function readRows(
  incidents: Collections['incidents'],
  conditions: Filter<StoredIncident>[],
  sort: QueueSort,
  limit: number,
  place: RowPlace | undefined,
): Promise<StoredIncident[]> {
  const field = fieldOf(sort);
  const direction = sort.startsWith('-') ? -1 : 1;
  const beyond = direction === -1 ? '$lt' : '$gt';
  const order: Sort = field === 'number' ? { number: direction } : { [field]: direction, number: direction };
  const find = (more: Filter<StoredIncident>[], atMost: number) =>
    incidents
      .find(all([...conditions, ...more]))
      .sort(order)
      .limit(atMost)
      .toArray();

  if (!place) return find([], limit);
  const ties =
    field === 'number'
      ? []
      : await find([{ [field]: { $eq: place.key } }, { number: { [beyond]: place.number } }], limit);
  if (ties.length === limit) return ties;
  return [...ties, ...(await find([{ [field]: { [beyond]: place.key } }], limit - ties.length))];
}

const placeOf = (row: StoredIncident, sort: QueueSort): RowPlace => ({ key: row[fieldOf(sort)], number: row.number });

const fieldOf = (sort: QueueSort) => orderedBy[sort.replace('-', '') as QueueSortKey];

function isPlace(place: unknown): place is Place {
  const { key, number, total, exact, position } = (place ?? {}) as Record<string, unknown>;
  return (
    (typeof key === 'string' || typeof key === 'number') &&
    typeof number === 'number' &&
    typeof total === 'number' &&
    typeof exact === 'boolean' &&
    typeof position === 'string' &&
    /^\d{1,19}$/.test(position)
  );
}
