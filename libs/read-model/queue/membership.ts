import type { Collections } from '../collections.js';
import type { StoredIncident } from './incident-search.js';
import { entityId } from '../incidents/entity.js';
import { all, beginsWith, entityKeysOf, visibleOf, wordsSought } from './queue-query.js';
import type { QueueFilter } from './queue-query.js';

type Sought = Pick<Collections, 'incidents' | 'entities'>;

/** Single keys that one question may name; a planner gives up on more. */
const mostKeysAtOnce = 5_000;

/**
 * Which of some incidents the filter leaves, in no particular order, each as it is. What it costs depends on how many are given, not on how
 * many incidents a word or an entity stands for.
 */
export async function matchingAmong(
  collections: Sought,
  filter: QueueFilter,
  ids: readonly string[],
): Promise<StoredIncident[]> {
  if (ids.length === 0) return [];
  const rows = await collections.incidents.find(all([...visibleOf(filter), { _id: { $in: [...ids] } }])).toArray();
  return sought(collections, filter, rows);
}

/** Those of the rows that are about the entities and have the words that the filter names. */
export async function sought<Row extends Pick<StoredIncident, '_id' | 'searchTokens'>>(
  collections: Pick<Collections, 'entities'>,
  filter: QueueFilter,
  rows: readonly Row[],
): Promise<Row[]> {
  const keys = filter.entity?.flatMap(entityKeysOf) ?? [];
  let left = [...rows];
  if (keys.length > 0) {
    const about = await incidentsAbout(collections, keys, idsOf(left));
    left = left.filter(({ _id }) => about.has(_id));
  }
  for (const word of wordsSought(filter)) {
    const others = left.filter((row) => !isNamed(row, word));
    const found = await incidentsWithAsset(collections, word, idsOf(others));
    left = left.filter((row) => isNamed(row, word) || found.has(row._id));
  }
  return left;
}

const idsOf = (rows: readonly Pick<StoredIncident, '_id'>[]) => rows.map(({ _id }) => _id);

const isNamed = ({ searchTokens }: Pick<StoredIncident, 'searchTokens'>, word: string): boolean =>
  searchTokens.some((token) => token.startsWith(word));

async function incidentsAbout(
  { entities }: Pick<Collections, 'entities'>,
  keys: readonly string[],
  ids: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  const atOnce = Math.max(1, Math.floor(mostKeysAtOnce / keys.length));
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce).flatMap((id) => keys.map((key) => entityId(id, key)));
    const mentioned = entities.find(
      { _id: { $in: some }, mentionCount: { $gt: 0 } },
      { projection: { incidentId: 1 } },
    );
    for await (const { incidentId } of mentioned) found.add(incidentId);
  }
  return found;
}

async function incidentsWithAsset(
  { entities }: Pick<Collections, 'entities'>,
  word: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const named = entities.find(
    { incidentId: { $in: [...ids] }, ...beginsWith(word) },
    { projection: { incidentId: 1 } },
  );
  return new Set((await named.toArray()).map(({ incidentId }) => incidentId));
}
