import type { Filter, FindCursor } from 'mongodb';
import type { Collections } from '../collections.js';
import type { EntityDocument } from '../incidents/entity.js';
import type { StoredIncident } from './incident-search.js';
import type { QueueFilter } from './queue-query.js';
import { beginsWith, entityKeysOf, wordsSought } from './queue-query.js';

/** Documents that are looked at for the entities and for each word. Where there are more, rows are asked one by one whether they match. */
export const mostLookedAt = 2_000;

/** Conditions on incidents. `isComplete`: false where they let through more than match, so that rows are still to be asked (`sought`). */
export interface FoundByEntities {
  readonly conditions: Filter<StoredIncident>[];
  readonly isComplete: boolean;
}

interface Ids {
  readonly ids: ReadonlySet<string>;
  readonly exact: boolean;
}

/** What a filter says of entities and words, as conditions on incidents: those that have them are looked up first. */
export async function findByEntities(collections: Sought, filter: QueueFilter): Promise<FoundByEntities> {
  const words = wordsSought(filter);
  const keys = filter.entity?.flatMap(entityKeysOf) ?? [];
  const [about, ...named] = await Promise.all([
    keys.length === 0 ? undefined : incidentsAbout(collections, keys),
    ...words.map((word) => incidentsWithWord(collections, word)),
  ]);
  const looked = [about, ...named].filter((ids) => ids !== undefined);
  const complete = looked.filter(({ exact }) => exact);
  const conditions: Filter<StoredIncident>[] = words.flatMap((word, index) => (named[index] ? [] : [beginsWith(word)]));
  if (complete.length > 0) conditions.push({ _id: { $in: [...inAll(complete.map(({ ids }) => ids))] } });
  const isComplete = complete.length === looked.length;
  return { conditions, isComplete };
}

type Sought = Pick<Collections, 'incidents' | 'entities'>;

/** Undefined where no asset has such a word: then the names of incidents say it all. Of those named so the newest, where there are too many. */
async function incidentsWithWord(collections: Sought, word: string): Promise<Ids | undefined> {
  const ofAssets = await incidentsOf(collections.entities.find(beginsWith(word)));
  if (ofAssets.ids.size === 0) return undefined;
  const named = await collections.incidents
    .find<Pick<StoredIncident, '_id'>>(beginsWith(word), { projection: { _id: 1 } })
    .sort({ number: -1 })
    .limit(mostLookedAt + 1)
    .toArray();
  const ids = new Set([...ofAssets.ids, ...named.slice(0, mostLookedAt).map(({ _id }) => _id)]);
  return { ids, exact: ofAssets.exact && named.length <= mostLookedAt };
}

/** None where there are too many: an index tells that, without a look at them. */
async function incidentsAbout({ entities }: Sought, keys: readonly string[]): Promise<Ids> {
  const about = { key: { $in: [...keys] } };
  if (Number(await entities.countDocuments(about, { limit: mostLookedAt + 1 })) > mostLookedAt)
    return { ids: new Set(), exact: false };
  return incidentsOf(entities.find({ ...about, mentionCount: { $gt: 0 } }));
}

async function incidentsOf(entities: FindCursor<EntityDocument>): Promise<Ids> {
  const found = await entities
    .project<Pick<EntityDocument, 'incidentId'>>({ _id: 0, incidentId: 1 })
    .limit(mostLookedAt + 1)
    .toArray();
  const ids = new Set(found.slice(0, mostLookedAt).map(({ incidentId }) => incidentId));
  return { ids, exact: found.length <= mostLookedAt };
}

function inAll([first, ...others]: ReadonlySet<string>[]): string[] {
  return [...first!].filter((id) => others.every((ids) => ids.has(id)));
}
