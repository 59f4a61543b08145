import type { Filter, Sort } from 'mongodb';
import type { Checkpoints } from './checkpoints.js';
import type { Collections } from './collections.js';
import { openCursor, sealCursor } from './cursor.js';
import { findByEntities } from './entity-search.js';
import type { IncidentDocument } from './incident-document.js';
import type { StoredIncident } from './incident-search.js';
import { conditionsOf } from './queue-query.js';
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
  /** Ids of those on this page that are not shown, as they are parked. Absent: none. */
  readonly parked?: readonly string[];
  readonly nextCursor: string | null;
  /** How many rows the filter leaves, as of page one; where there are more than 10,000: 10,000. */
  readonly total: number;
  /** False where there are more than 10,000, or where more entities match than were looked at: then rows may be missing. */
  readonly totalIsExact: boolean;
  /** What page one reflected at least. Rows that changed after it may be missing from later pages or come twice. */
  readonly position: bigint;
}

const countedUpTo = 10_000;

const orderedBy = {
  lastUpdateDateTime: 'lastUpdateDateTime',
  createdDateTime: 'createdDateTime',
  severity: 'severityRank',
  displayName: 'nameKey',
  id: 'number',
} as const satisfies Record<QueueSortKey, keyof StoredIncident>;

/** Where a page ended, and what page one said of them all. */
interface Place {
  readonly key: string | number;
  readonly number: number;
  readonly total: number;
  readonly exact: boolean;
  readonly position: string;
}

/**
 * A page of the queue. The order is total (the number of the incident decides last) and pages go on behind the last row shown, so that
 * no row that stays as it is gets lost or comes twice, whatever happens to others. Throws InvalidCursor.
 */
export async function queuePage(
  { incidents, entities }: Pick<Collections, 'incidents' | 'entities'>,
  checkpoints: Checkpoints,
  { sort = '-lastUpdateDateTime', limit = 50, cursor, ...filter }: QueueQuery,
): Promise<QueuePage> {
  const query = { sort, ...filter };
  const place = cursor === undefined ? undefined : openCursor(query, cursor, isPlace);

  // The position first: what is read afterwards reflects at least this.
  const position = place ? BigInt(place.position) : ((await checkpoints.position('incidents')) ?? 0n);
  const sought = await findByEntities({ incidents, entities }, filter);
  const conditions = [...conditionsOf(filter), ...sought.conditions];
  const visible = filter.status?.length ? conditions : [...conditions, { status: { $ne: 'redirected' as const } }];
  const rows = await readRows(incidents, visible, sort, limit + 1, place);
  // Of page one. Where all rows are on it, nothing is left to count.
  const isAll = rows.length <= limit;
  const counted =
    place ?? (isAll ? { total: rows.length, exact: true } : await countRows(incidents, conditions, visible));
  const { total } = counted;
  const exact = counted.exact && sought.exact;

  const value = rows.slice(0, limit);
  const last = value.at(-1);
  const next: Place | undefined =
    rows.length > limit && last
      ? { key: last[fieldOf(sort)], number: last.number, total, exact, position: String(position) }
      : undefined;
  const parked = value.filter((row) => row.parked);
  const shown =
    parked.length === 0
      ? { value }
      : { value: value.filter((row) => !row.parked), parked: parked.map(({ _id }) => _id) };
  return { ...shown, nextCursor: next ? sealCursor(query, next) : null, total, totalIsExact: exact, position };
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
    Number(await incidents.countDocuments(all(which), { limit: countedUpTo + 1 + beside })) - beside;
  const hidden = visible === conditions ? 0 : await count([...conditions, { status: { $eq: 'redirected' } }]);
  const counted = hidden > countedUpTo ? await count(visible) : await count(conditions, hidden);
  return { total: Math.min(counted, countedUpTo), exact: counted <= countedUpTo };
}

/** Behind a place: first the rest of the rows that share its key, then those beyond. Either is one stretch of an index. */
async function readRows(
  incidents: Collections['incidents'],
  conditions: Filter<StoredIncident>[],
  sort: QueueSort,
  limit: number,
  place: Place | undefined,
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

const fieldOf = (sort: QueueSort) => orderedBy[sort.replace('-', '') as QueueSortKey];

/** Conditions on different properties stand side by side, which every planner understands; others under $and. */
function all(conditions: Filter<StoredIncident>[]): Filter<StoredIncident> {
  const properties = conditions.flatMap(Object.keys);
  if (new Set(properties).size < properties.length) return { $and: conditions };
  return Object.assign({}, ...conditions) as Filter<StoredIncident>;
}

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
