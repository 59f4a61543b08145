import type { Filter } from 'mongodb';
import { assetKinds, severities, tagKey, workStatuses } from '#incidents';
import type { Classification, Determination, IncidentStatus, Severity } from '#incidents';
import type { StoredIncident } from './incident-search.js';
import { wordsOf } from './words.js';

type AnyOf<T> = readonly T[] | undefined;

/** Which incidents, of those that are not redirected unless `status` asks for them. Several values of one property: any of them; several properties: all of them. An empty list filters nothing. */
export interface QueueFilter {
  readonly status?: AnyOf<IncidentStatus>;
  readonly severity?: AnyOf<Severity>;
  /** null: nobody (in HTTP `none`). */
  readonly assignedTo?: AnyOf<string | null>;
  /** Custom or system tag, without regard to case. */
  readonly tag?: AnyOf<string>;
  /** null: nobody has judged (in HTTP `none`). */
  readonly classification?: AnyOf<Classification | null>;
  readonly determination?: AnyOf<Determination | null>;
  readonly category?: AnyOf<string>;
  readonly serviceSource?: AnyOf<string>;
  readonly detectionSource?: AnyOf<string>;
  /** An entity key, `user:jane@contoso.com`, or an identifier of whatever kind, without regard to case. */
  readonly entity?: AnyOf<string>;
  /** Id of an incident where it was imported from. */
  readonly externalId?: AnyOf<string>;
  /** Where incidents were imported from. */
  readonly externalSource?: AnyOf<string>;
  /** Words, each the beginning of a word of the name or of an impacted asset's name, or the id. All must be found. */
  readonly q?: string | undefined;
  /** From is inclusive, to is exclusive. */
  readonly updatedFrom?: Date | undefined;
  readonly updatedTo?: Date | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdTo?: Date | undefined;
}

/** What incidents are counted by: filters of the queue, by their names. */
export const facetProperties = [
  'status',
  'severity',
  'assignedTo',
  'tag',
  'classification',
  'determination',
  'category',
  'serviceSource',
  'detectionSource',
] as const satisfies readonly (keyof QueueFilter)[];

/** All that the queue is filtered by. */
export const queueFilters = [
  ...facetProperties,
  'entity',
  'externalId',
  'externalSource',
  'q',
  'updatedFrom',
  'updatedTo',
  'createdFrom',
  'createdTo',
] as const satisfies readonly (keyof QueueFilter)[];

export const queueSortKeys = ['lastUpdateDateTime', 'createdDateTime', 'severity', 'displayName', 'id'] as const;
export type QueueSortKey = (typeof queueSortKeys)[number];
/** `-`: descending. */
export type QueueSort = QueueSortKey | `-${QueueSortKey}`;
export const queueSorts: readonly QueueSort[] = queueSortKeys.flatMap((key) => [key, `-${key}` as const]);

/** Words of `q` beyond the tenth narrow nothing any more. */
const maximumOfWords = 10;

/**
 * What the filter says of the rows themselves; entities and words are looked up by findByEntities. The values of a request appear as values
 * of $eq, $in and ranges only, never as operators.
 */
export function conditionsOf(filter: QueueFilter): Filter<StoredIncident>[] {
  const conditions: Filter<StoredIncident>[] = [];
  const anyOf = (property: keyof StoredIncident, values: AnyOf<string | number | null>) => {
    const [first] = values ?? [];
    if (!values || first === undefined) return;
    conditions.push({ [property]: values.length === 1 ? { $eq: first } : { $in: [...values] } });
  };
  anyOf('status', filter.status);
  anyOf(
    'severityRank',
    filter.severity?.map((severity) => severities.indexOf(severity)),
  );
  anyOf('assignedTo', filter.assignedTo);
  anyOf('tagKeys', filter.tag?.map(tagKey));
  anyOf('classification', filter.classification);
  anyOf('determination', filter.determination);
  anyOf('categories', filter.category);
  anyOf('serviceSources', filter.serviceSource);
  anyOf('detectionSources', filter.detectionSource);
  anyOf('externalId', filter.externalId);
  anyOf('externalSource', filter.externalSource);
  conditions.push(...range('lastUpdateDateTime', filter.updatedFrom, filter.updatedTo));
  conditions.push(...range('createdDateTime', filter.createdFrom, filter.createdTo));
  return conditions;
}

/** The same, and that redirected incidents are not meant where no status is asked for. */
export function visibleOf(filter: QueueFilter): Filter<StoredIncident>[] {
  const conditions = conditionsOf(filter);
  return filter.status?.length ? conditions : [...conditions, { status: { $in: [...workStatuses] } }];
}

/** Conditions on different properties stand side by side, which every planner understands; others under $and. */
export function all(conditions: readonly Filter<StoredIncident>[]): Filter<StoredIncident> {
  const properties = conditions.flatMap(Object.keys);
  if (new Set(properties).size < properties.length) return { $and: [...conditions] };
  return Object.assign({}, ...conditions) as Filter<StoredIncident>;
}

/** The words of `q` that narrow. */
export const wordsSought = ({ q = '' }: QueueFilter): string[] => [...new Set(wordsOf(q))].slice(0, maximumOfWords);

export function entityKeysOf(entity: string): string[] {
  const key = entity.trim().toLowerCase();
  return assetKinds.some((kind) => key.startsWith(`${kind}:`)) ? [key] : assetKinds.map((kind) => `${kind}:${key}`);
}

function range(property: 'lastUpdateDateTime' | 'createdDateTime', from?: Date, to?: Date): Filter<StoredIncident>[] {
  const bounds = { ...(from ? { $gte: from.toISOString() } : {}), ...(to ? { $lt: to.toISOString() } : {}) };
  return from || to ? [{ [property]: bounds }] : [];
}

/** U+10FFFF is the last code point: no word goes on with it. */
export const beginsWith = (word: string): { searchTokens: { $elemMatch: { $gte: string; $lt: string } } } => ({
  searchTokens: { $elemMatch: { $gte: word, $lt: `${word}\u{10ffff}` } },
});
