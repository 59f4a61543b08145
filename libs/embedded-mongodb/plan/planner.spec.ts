/** Whatever indexes there are, a query answers what a plain scan with an independent matcher answers. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Document, IndexSpecification, Sort } from 'mongodb';
import { mongoUnderTest } from '../mongo-under-test.js';

type Plain = null | boolean | number | string | Date | Plain[] | { [field: string]: Plain } | undefined;

const rank = (value: Plain): number => {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'number') return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 5;
  if (value instanceof Date) return 7;
  return typeof value === 'boolean' ? 6 : 4;
};

function compare(a: Plain, b: Plain): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  if (a === null || a === undefined) return 0;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (typeof a === 'object' && !(a instanceof Date)) {
    const [ours, theirs] = [Object.entries(a), Object.entries(b as object) as [string, Plain][]];
    for (let i = 0; i < Math.min(ours.length, theirs.length); i++) {
      const [[name, value], [otherName, otherValue]] = [ours[i]!, theirs[i]!] as [[string, Plain], [string, Plain]];
      const order =
        rank(value) - rank(otherValue) ||
        (name < otherName ? -1 : name > otherName ? 1 : 0) ||
        compare(value, otherValue);
      if (order !== 0) return order;
    }
    return ours.length - theirs.length;
  }
  return Number(a) < Number(b) ? -1 : Number(a) > Number(b) ? 1 : 0;
}

/** The values at a path; `stray`: what an element gives that is no object, where the path goes on. */
function valuesAt(
  document: Plain,
  [first, ...rest]: string[],
  leaf: (array: Plain[]) => Plain[],
  stray: Plain[],
): Plain[] {
  const value = (document as Record<string, Plain>)[first!];
  if (rest.length === 0) return Array.isArray(value) ? leaf(value) : [value];
  if (Array.isArray(value))
    return value.flatMap((item) => (rank(item) === 4 ? valuesAt(item, rest, leaf, stray) : stray));
  return rank(value) === 4 ? valuesAt(value, rest, leaf, stray) : [undefined];
}

function matches(document: Plain, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === '$and') return (condition as Record<string, unknown>[]).every((part) => matches(document, part));
    if (name === '$or') return (condition as Record<string, unknown>[]).some((part) => matches(document, part));
    if (name === '$nor') return !(condition as Record<string, unknown>[]).some((part) => matches(document, part));
    const operators = rank(condition as Plain) === 4 && Object.keys(condition as object)[0]?.startsWith('$');
    const all = (operators ? condition : { $eq: condition }) as Record<string, Plain>;
    return Object.entries(all).every(([operator, operand]) => holds(document, name, operator, operand));
  });
}

function holds(document: Plain, name: string, operator: string, operand: Plain): boolean {
  const values = valuesAt(document, name.split('.'), (array) => [...array, array], []);
  const eq = (other: Plain) => values.some((value) => compare(value ?? null, other) === 0);
  const ordered = (test: (order: number) => boolean) =>
    values.some((value) => rank(value ?? null) === rank(operand) && test(compare(value ?? null, operand)));
  if (operator === '$eq') return eq(operand);
  if (operator === '$ne') return !eq(operand);
  if (operator === '$in') return (operand as Plain[]).some(eq);
  if (operator === '$nin') return !(operand as Plain[]).some(eq);
  if (operator === '$gt') return ordered((order) => order > 0);
  if (operator === '$gte') return ordered((order) => order >= 0);
  if (operator === '$lt') return ordered((order) => order < 0);
  if (operator === '$lte') return ordered((order) => order <= 0);
  if (operator === '$all') return (operand as Plain[]).every(eq);
  if (operator === '$exists') return values.some((value) => value !== undefined) === operand;
  if (operator === '$elemMatch') return elementsAt(document, name.split('.')).some((item) => meets(item, operand));
  if (operator === '$not') return !matches(document, { [name]: operand });
  throw new Error(operator);
}

/** The elements of the arrays at a path. */
function elementsAt(document: Plain, [first, ...rest]: string[]): Plain[] {
  if (rank(document) !== 4) return [];
  const value = (document as Record<string, Plain>)[first!];
  if (rest.length === 0) return Array.isArray(value) ? value : [];
  return (Array.isArray(value) ? value : [value]).flatMap((item) => elementsAt(item, rest));
}

/** Of one element: an array is not looked into. */
const meets = (item: Plain, conditions: Plain): boolean =>
  Object.entries(conditions as Record<string, Plain>).every(([operator, operand]) => {
    const order = compare(item, operand);
    if (operator === '$ne') return order !== 0;
    if (operator === '$in') return (operand as Plain[]).some((one) => compare(item, one) === 0);
    if (operator === '$eq' || rank(item) !== rank(operand)) return order === 0;
    if (order === 0) return operator.endsWith('e');
    return operator.startsWith('$g') ? order > 0 : order < 0;
  });

/** The least value that sorts a document (the greatest when descending); `undefined` of an empty array is below null. */
function sortValue(document: Plain, name: string, direction: number): Plain {
  const values = valuesAt(document, name.split('.'), (array) => (array.length === 0 ? [EMPTY] : array), [null]);
  const known = values.length === 0 ? [null] : values.map((value) => (value === EMPTY ? undefined : (value ?? null)));
  return known.reduce((least, value) => (compare(value, least) * direction < 0 ? value : least));
}
const EMPTY = 'an empty array is here' as Plain;

/** Longer than an index key may be. */
const long = 'x'.repeat(2_000);

/** Each scenario draws from one pool, so that values meet. */
const pools: fc.Arbitrary<Plain>[] = [
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom<Plain>(0, 1, 2, null, 'a', undefined),
  fc.constantFrom(long, `${long}y`, `${long}a`, long.slice(2), 'x', 'z'),
  fc.constantFrom('', 'a', 'a\0', 'a\0b', 'a\u0001', 'ab', 'é', '€'),
  fc.constantFrom<Plain>(0.5, -0.5, 1e300, -Infinity, Infinity, 2 ** 53, 2 ** 53 + 2, 0, -1),
  fc.constantFrom<Plain>(
    null,
    true,
    false,
    new Date(0),
    new Date(-1),
    new Date(1e12),
    1,
    'a',
    {},
    { x: 1 },
    { x: 1, y: 1 },
    { y: 1, x: 1 },
  ),
];

type Pattern = [name: string, direction: number][];

const name = fc.constantFrom('a', 'b', 't', 'o.x', 'o.y');
/** Never two fields that may be arrays of their own: MongoDB refuses parallel arrays. */
const free: fc.Arbitrary<Pattern> = fc
  .uniqueArray(fc.tuple<[string, number]>(name, fc.constantFrom(1, -1)), {
    minLength: 1,
    maxLength: 3,
    selector: ([field]) => field,
  })
  .filter(
    (fields) => new Set(fields.map(([field]) => field[0]).filter((field) => field === 't' || field === 'o')).size < 2,
  );
/** Both fields of one array: a document matches by different elements, which no single key says. */
const pair: fc.Arbitrary<Pattern> = fc
  .tuple(fc.constantFrom('o.x', 'o.y'), fc.constantFrom(1, -1))
  .map(([first, direction]) => [
    [first, direction],
    [first === 'o.x' ? 'o.y' : 'o.x', 1],
  ]);
const pattern: fc.Arbitrary<Pattern> = fc.oneof({ arbitrary: free, weight: 4 }, pair);
/** Two fields of one array are sorted as pairs, which the comparison here does not know. */
const order: fc.Arbitrary<Pattern> = pattern.filter(
  (fields) => fields.filter(([field]) => field.startsWith('o.')).length < 2,
);

const scenario = fc.constantFrom(...pools).chain((pool) => {
  const scalar = pool.map((value) => value ?? null);
  const list = fc.array(scalar, { maxLength: 2 });
  const element = fc.record({ x: fc.oneof({ arbitrary: pool, weight: 5 }, list), y: pool });
  const documents = fc.array(
    fc.record({
      a: pool,
      b: pool,
      t: fc.oneof(pool, fc.array(fc.oneof({ arbitrary: scalar, weight: 9 }, list), { maxLength: 3 })),
      o: fc.oneof(element, scalar, fc.array(fc.oneof({ arbitrary: element, weight: 5 }, scalar), { maxLength: 3 })),
    }),
    { minLength: 4, maxLength: 12 },
  );
  const between = fc
    .tuple(fc.constantFrom('$gt', '$gte'), scalar, fc.constantFrom('$lt', '$lte'), scalar)
    .map(([above, low, below, high]) => ({ [above]: low, [below]: high }));
  /** Of one element of an array. */
  const elemMatch = fc
    .tuple(
      between,
      fc.oneof(
        fc.constant({}),
        scalar.map(($ne) => ({ $ne })),
        fc.array(scalar, { minLength: 1, maxLength: 3 }).map(($in) => ({ $in })),
      ),
    )
    .map(([bounds, more]) => ({ $elemMatch: { ...bounds, ...more } }));
  const condition: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
    { arbitrary: elemMatch, weight: 4 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte'), scalar)
        .map(([op, value]) => ({ [op]: value })),
      weight: 6,
    },
    { arbitrary: between, weight: 4 },
    { arbitrary: fc.array(scalar, { minLength: 1, maxLength: 3 }).map(($in) => ({ $in })), weight: 4 },
    fc.array(scalar, { minLength: 1, maxLength: 2 }).map(($all) => ({ $all })),
    fc.array(scalar, { maxLength: 2 }).map(($nin) => ({ $nin })),
    fc.boolean().map(($exists) => ({ $exists })),
    scalar.map(($ne) => ({ $ne })),
    fc.array(scalar, { maxLength: 2 }).map(($eq) => ({ $eq })),
    between.map(($not) => ({ $not })),
  );
  const flat: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
    {
      arbitrary: fc
        .array(fc.tuple(name, condition), { maxLength: 3 })
        .map((list) => Object.fromEntries(list) as Record<string, unknown>),
      weight: 5,
    },
    fc.tuple(condition, condition).map(([x, y]) => ({ 'o.x': x, 'o.y': y })),
    fc.tuple(elemMatch, elemMatch, condition).map(([one, other, b]) => ({ b, $and: [{ t: one }, { t: other }] })),
  );
  const nested = fc
    .tuple(fc.constantFrom('$and', '$or', '$nor'), fc.array(flat, { minLength: 1, maxLength: 2 }), flat)
    .map(([op, of, more]) => ({ ...more, [op]: of }));
  return fc.record({
    documents,
    indexes: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3, selector: (fields) => JSON.stringify(fields) }),
    queries: fc.array(
      fc.record({
        filter: fc.oneof({ arbitrary: flat, weight: 5 }, nested),
        sort: fc.option(order),
        limit: fc.constantFrom(0, 0, 1, 3),
        skip: fc.constantFrom(0, 0, 1),
      }),
      { minLength: 6, maxLength: 6 },
    ),
  });
});

describe('the planner', () => {
  const mongo = mongoUnderTest();
  const numRuns = Number(process.env['FUZZ_RUNS'] ?? 600);
  let run = 0;

  // On failure fast-check prints the seed and the smallest scenario that fails.
  it(
    `answers what a plain scan answers, in ${numRuns} scenarios`,
    async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async ({ documents, indexes, queries }) => {
          const collection = mongo.db.collection<Document & { _id: number }>(`run${run++}`);
          const stored = documents.map((document, _id) => ({ _id, ...document }));
          await collection.insertMany(structuredClone(stored), { ignoreUndefined: true });
          await collection.createIndexes(
            indexes.map((fields) => ({
              key: Object.fromEntries(fields) as Exclude<IndexSpecification, string> as Record<string, 1>,
            })),
          );
          for (const { filter, sort, limit, skip } of queries) {
            const expected = stored.filter((document) => matches(document as Plain, filter));
            if (!sort) {
              expect(await collection.countDocuments(filter)).toBe(expected.length);
              continue;
            }
            const found = await collection.find(filter, { sort: sort as Sort, limit, skip }).toArray();
            const end = limit === 0 ? undefined : skip + limit;
            const ids = found.map(({ _id }) => _id);
            expect(new Set(ids).size).toBe(ids.length);
            expect(ids.filter((id) => !expected.some(({ _id }) => _id === id))).toEqual([]);
            expect(ids.length).toBe(expected.slice(skip, end).length);
            const keys = (list: readonly Document[]) =>
              list.map((document) => sort.map(([field, direction]) => sortValue(document, field, direction)));
            const inOrder = keys(expected).sort((a, b) =>
              sort.reduce((order, [, direction], i) => order || compare(a[i], b[i]) * direction, 0),
            );
            expect(keys(found)).toEqual(inOrder.slice(skip, end));
          }
          await collection.drop();
        }),
        { numRuns },
      );
    },
    Math.max(180_000, 100 * numRuns),
  );
});
