/** A query as it runs: scan, match, sort, skip, limit. */
import { CommandError } from '../errors.js';
import { conjuncts, type Filter } from '../query/filter.js';
import { matcher } from '../query/match.js';
import type { Collection } from '../storage/collection.js';
import type { Index } from '../storage/catalog.js';
import { type Field, sortKeyOf } from './keys.js';
import { type Plan, plan } from './planner.js';
import { cost, type Row, Scan } from './scan.js';
import { atOnce, type Slices, type Work } from './slices.js';

export interface Query {
  readonly filter: Filter;
  readonly sort?: readonly Field[];
  readonly skip?: number;
  /** 0: all. */
  readonly limit?: number;
  readonly hint?: Index | undefined;
}

/** Bytes of documents that a sort without an index may hold, as in MongoDB. */
export const SORT_MEMORY = 100 * 1024 * 1024;

/** Of a collection that does not exist. */
export const nothing = <T>(): Work<T> => ({ items: none<T>(), rest: () => undefined });

function* none<T>(): Slices<T> {
  return;
}

export function run(collection: Collection, query: Query): Work<Row> {
  const { filter, sort = [], skip = 0, limit = 0, hint } = query;
  const planned = plan(collection, filter, sort, limit === 0 ? 0 : skip + limit, hint);
  note(planned, filter);
  const scan = new Scan(collection, planned, planned.exact ? undefined : matcher(filter));
  let items: Slices<Row> = scan.rows();
  if (!planned.sorted) items = sorted(items, sort, limit === 0 ? Infinity : skip + limit);
  if (skip > 0 || limit > 0) items = window(items, skip, limit === 0 ? Infinity : limit);
  return { items, rest: () => scan.rest() };
}

/** How many documents match, as numbers to be added; not beyond `limit` (0: all). None is fetched where an index knows. */
export function count(collection: Collection, filter: Filter, limit = 0, hint?: Index): Work<number> {
  const planned = plan(collection, filter, [], limit, hint);
  note(planned, filter);
  const scan = new Scan(collection, planned, planned.exact ? undefined : matcher(filter));
  const byKeys = planned.exact && !planned.repeats;
  const items = byKeys ? scan.count(limit === 0 ? Infinity : limit) : ones(scan.rows(planned.exact));
  return { items: limit === 0 ? items : upTo(limit, items), rest: () => scan.rest() };
}

function* upTo(limit: number, numbers: Slices<number>): Slices<number> {
  let left = limit;
  for (const number of numbers) {
    if (number === undefined) yield undefined;
    else {
      yield Math.min(number, left);
      left -= number;
      if (left <= 0) return;
    }
  }
}

function note(planned: Plan, filter: Filter): void {
  if (!planned.bounded && conjuncts(filter).length > 0) cost.unindexed++;
}

function* ones(rows: Slices<Row>): Slices<number> {
  for (const row of rows) yield row && 1;
}

function* window(rows: Slices<Row>, skip: number, limit: number): Slices<Row> {
  let seen = 0;
  for (const row of rows) {
    if (!row) yield undefined;
    else if (++seen > skip) {
      yield row;
      if (seen === skip + limit) return;
    }
  }
}

/** Sorts what `keyOf` says of each; keeps the first `limit` only, and refuses to hold more than 100 MiB. */
export function* sortBy<T>(
  items: Slices<T>,
  keyOf: (item: T) => Buffer,
  sizeOf: (item: T) => number,
  limit: number,
): Slices<T> {
  let kept: { key: Buffer; at: number; item: T }[] = [];
  let memory = 0;
  let at = 0;
  const trim = (): void => {
    kept.sort((a, b) => a.key.compare(b.key) || a.at - b.at);
    for (const { item, key } of kept.splice(limit)) memory -= sizeOf(item) + key.length;
  };
  for (const item of items) {
    if (item === undefined) {
      yield undefined;
      continue;
    }
    const key = keyOf(item);
    kept.push({ key, at: at++, item });
    memory += sizeOf(item) + key.length;
    if (kept.length > 2 * limit + 100) trim();
    if (memory > SORT_MEMORY) {
      trim();
      if (memory > SORT_MEMORY)
        throw new CommandError(
          'QueryExceededMemoryLimitNoDiskUseAllowed',
          `Sort exceeded memory limit of ${SORT_MEMORY} bytes; the embedded server does not sort on disk: add an index for this order, or a limit`,
        );
    }
  }
  trim();
  for (const { item } of kept) yield item;
  kept = [];
}

const sorted = (rows: Slices<Row>, fields: readonly Field[], limit: number): Slices<Row> =>
  sortBy(
    rows,
    (row) => sortKeyOf(row.document, fields),
    (row) => row.document.length,
    limit,
  );

/** All documents, at once: within a transaction. */
export const everyRow = (collection: Collection): Generator<Row> =>
  atOnce(run(collection, { filter: { kind: 'and', of: [] } }).items);
