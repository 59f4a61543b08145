import type { Filter } from 'mongodb';
import { tagKey } from '#incidents';
import type { Collections } from '../collections.js';
import { findByEntities } from './entity-search.js';
import type { StoredIncident } from './incident-search.js';
import { sought } from './membership.js';
import { all, visibleOf } from './queue-query.js';
import type { QueueFilter, facetProperties } from './queue-query.js';

export type FacetProperty = (typeof facetProperties)[number];

export interface FacetValue {
  /** null: not set; filters call it `none`. */
  readonly value: string | null;
  /** Incidents that have it. */
  readonly count: number;
}

/** How often each value of a property occurs among the rows that the other filters leave. */
export interface Facet {
  /** The most frequent first, at most 100; where counts are the same, in the order of the alphabet. */
  readonly values: FacetValue[];
  /** Whether there are more values. */
  readonly hasMore: boolean;
  /** False where not all rows were looked at: then the counts are those among the ones that changed last. */
  readonly isExact: boolean;
}

export type Facets = { readonly [property in FacetProperty]?: Facet };

/** Rows that are looked at for the facets of one filter: what a dashboard waits for does not grow with the docket. */
export const mostTallied = 10_000;
const mostValues = 100;

const valuesOf: Record<FacetProperty, (row: Row) => readonly (string | null)[]> = {
  status: ({ status }) => [status],
  severity: ({ severity }) => [severity],
  assignedTo: ({ assignedTo }) => [assignedTo],
  tag: ({ customTags, systemTags }) => ofEachTag([...customTags, ...systemTags]),
  classification: ({ classification }) => [classification],
  determination: ({ determination }) => [determination],
  category: ({ categories }) => categories,
  serviceSource: ({ serviceSources }) => serviceSources,
  detectionSource: ({ detectionSources }) => detectionSources,
};

const fieldsOf = {
  status: ['status'],
  severity: ['severity'],
  assignedTo: ['assignedTo'],
  tag: ['customTags', 'systemTags'],
  classification: ['classification'],
  determination: ['determination'],
  category: ['categories'],
  serviceSource: ['serviceSources'],
  detectionSource: ['detectionSources'],
} as const satisfies Record<FacetProperty, readonly (keyof StoredIncident)[]>;

type Row = Pick<StoredIncident, '_id' | 'parked' | 'searchTokens' | (typeof fieldsOf)[FacetProperty][number]>;
type Sought = Pick<Collections, 'incidents' | 'entities'>;

/**
 * Each facet is counted under all filters but that of its own property, so that it shows what else could be chosen. Parked incidents are not
 * counted: the page of the queue names them.
 */
export async function countFacets(
  collections: Sought,
  filter: QueueFilter,
  properties: readonly FacetProperty[],
): Promise<Facets> {
  const asked = [...new Set(properties)];
  const filtered = asked.filter((property) => filter[property]?.length);
  const others = asked.filter((property) => !filter[property]?.length);
  const groups = [...filtered.map((property) => [property]), ...(others.length > 0 ? [others] : [])];
  const counted: [FacetProperty, Facet][] = [];
  // One after the other: together they would keep everybody else waiting.
  for (const group of groups) {
    const [first] = group;
    const { rows, isExact } = await rowsToTally(collections, { ...filter, [first!]: undefined }, group);
    for (const property of group) counted.push([property, tally(rows, property, isExact)]);
  }
  return Object.fromEntries(counted);
}

/**
 * All rows that match, where some part of the filter leaves few enough; else those among the rows that changed last, of a status, of an owner
 * or with a tag where the filter names one.
 */
async function rowsToTally(
  collections: Sought,
  filter: QueueFilter,
  group: readonly FacetProperty[],
): Promise<{ rows: Row[]; isExact: boolean }> {
  const { incidents } = collections;
  const found = await findByEntities(collections, filter);
  const conditions = [...visibleOf(filter), ...found.conditions];
  const fields = group.flatMap((property): readonly string[] => fieldsOf[property]);
  const projection = Object.fromEntries(
    ['parked', ...fields, ...(found.isComplete ? [] : ['searchTokens'])].map((field) => [field, 1 as const]),
  );
  const counts = await Promise.all(
    conditions.filter(isCountable).map(async (condition) => ({
      condition,
      count: Number(await incidents.countDocuments(condition, { limit: mostTallied + 1 })),
    })),
  );
  const fewest = Math.min(...counts.map(({ count }) => count));
  const matching =
    fewest <= mostTallied
      ? await incidents.find<Row>(all(conditions), { projection }).toArray()
      : await incidents
          .aggregate<Row>([
            ...leading(counts.map(({ condition }) => condition)),
            { $sort: { lastUpdateDateTime: -1, number: -1 } },
            { $limit: mostTallied },
            { $match: all(conditions) },
            { $project: projection },
          ])
          .toArray();
  const rows = matching.filter(({ parked }) => !parked); // what it says of them would be stale
  return {
    rows: found.isComplete ? rows : await sought(collections, filter, rows),
    isExact: fewest <= mostTallied,
  };
}

/** An incident may have a tag twice: by hand and from the system. */
const ofEachTag = (tags: readonly string[]): string[] => [...new Map(tags.map((tag) => [tagKey(tag), tag])).values()];

/** What an index counts without a look at rows. */
const isCountable = (condition: Filter<StoredIncident>): boolean => !('searchTokens' in condition);

/** Conditions whose indexes have their rows in the order of the last change, the narrowest first. */
const inOrder = ['assignedTo', 'tagKeys', 'status'] as const;

function leading(conditions: readonly Filter<StoredIncident>[]): object[] {
  for (const property of inOrder) {
    const condition = conditions.find((each) => property in each);
    if (condition) return [{ $match: condition }];
  }
  return [];
}

function tally(rows: readonly Row[], property: FacetProperty, isExact: boolean): Facet {
  const counts = new Map<string | null, { value: string | null; count: number }>();
  const valuesIn = valuesOf[property];
  for (const value of rows.flatMap(valuesIn)) {
    const key = property === 'tag' && value !== null ? tagKey(value) : value;
    const counted = counts.get(key);
    if (counted) {
      counted.count += 1;
      // Of several spellings of a tag always the same one.
      if (value !== null && value < counted.value!) counted.value = value;
    } else counts.set(key, { value, count: 1 });
  }
  const values = [...counts.values()].sort(
    (one, other) => other.count - one.count || ((one.value ?? '') < (other.value ?? '') ? -1 : 1),
  );
  return { values: values.slice(0, mostValues), hasMore: values.length > mostValues, isExact };
}
