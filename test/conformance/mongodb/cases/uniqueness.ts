import { all, type Asked, type Chapter, chapter, indexed, notInManual, refuses, tells } from '../case.js';

const unique = { unique: true } as const;
const byA = [[{ a: 1 }, unique]] as const;

/** Insert both, one by one: the second may be refused. */
const both =
  (...documents: object[]) =>
  async (c: Asked) => {
    for (const [at, document] of documents.entries()) await c.insertOne({ _id: 10 + at, ...document });
    return c.countDocuments();
  };

/** Unique and multikey indexes. */
export const uniqueness: Chapter[] = [
  chapter('core/index-unique', [
    indexed(byA, refuses('a second document with the same value', [], both({ a: 1 }, { a: 1 }), 11000)),
    indexed(byA, tells('documents with different values', [], both({ a: 1 }, { a: 2 }, { a: '1' }), 3)),
    indexed(byA, refuses('a missing field counts as null: one document without it', [], both({}, { b: 1 }), 11000)),
    indexed(byA, refuses('null and missing are the same', [], both({ a: null }, {}), 11000)),
    indexed(
      byA,
      refuses(
        'an update to a value that another document has',
        [{ a: 1 }, { a: 2 }],
        (c) => c.updateOne({ _id: 0 }, { $set: { a: 2 } }),
        11000,
      ),
    ),
    indexed(
      byA,
      tells(
        'an update that leaves the value',
        [{ a: 1 }],
        async (c) => (await c.updateOne({ _id: 0 }, { $set: { a: 1, b: 1 } })).modifiedCount,
        1,
      ),
    ),
    indexed(
      byA,
      tells(
        'a value is free again when its document is gone',
        [{ a: 1 }],
        async (c) => {
          await c.deleteOne({ a: 1 });
          return both({ a: 1 })(c);
        },
        1,
      ),
    ),
    indexed(byA, tells('elements may be equal within one document', [], both({ a: [1, 1] }), 1)),
    indexed(byA, refuses('an element that another document has', [], both({ a: [1, 2] }, { a: [3, 2] }), 11000)),
    indexed(
      [[{ a: 1, b: -1 }, unique]],
      tells('of two fields the pair must differ', [], both({ a: 1, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }), 3),
    ),
    indexed(
      [[{ a: 1, b: -1 }, unique]],
      refuses('of two fields the same pair', [], both({ a: 1, b: 1 }, { a: 1, b: 1 }), 11000),
    ),
    indexed(
      [[{ 'a.b': 1 }, unique]],
      refuses('of an embedded field', [], both({ a: { b: 1 } }, { a: { b: 1, c: 2 } }), 11000),
    ),
    indexed(
      byA,
      tells(
        'the error tells the key',
        [{ a: 1 }],
        (c) =>
          c.insertOne({ _id: 9, a: 1 }).then(
            () => undefined,
            (error: Record<string, unknown>) => [error['keyPattern'], error['keyValue']],
          ),
        [{ a: 1 }, { a: 1 }],
      ),
    ),
    refuses(
      'is not built over documents that break it',
      [{ a: 1 }, { a: 1 }],
      (c) => c.createIndex({ a: 1 }, unique),
      11000,
    ),
    notInManual(
      'embedded documents are equal in the order of their fields',
      indexed(
        byA,
        tells(
          'embedded documents with fields in another order differ',
          [],
          both({ a: { x: 1, y: 1 } }, { a: { y: 1, x: 1 } }),
          2,
        ),
      ),
    ),
    notInManual(
      'numbers compare by value',
      indexed(byA, refuses('numbers of different types are the same', [], both({ a: 1 }, { a: 1.0 }), 11000)),
    ),
    notInManual(
      'no bound of an index key is in the manual since 4.2',
      indexed(
        byA,
        refuses(
          'values of any length',
          [],
          both({ a: 'x'.repeat(5_000) }, { a: `${'x'.repeat(5_000)}y` }, { a: 'x'.repeat(5_000) }),
          11000,
        ),
      ),
    ),
  ]),
  chapter('core/indexes/index-types/index-multikey', [
    indexed(
      [[{ a: 1 }]],
      tells(
        'an array is found by each element, once',
        [{ a: [1, 2, 2] }, { a: 2 }],
        async (c) =>
          (
            await c
              .find({ a: 2 }, { hint: { a: 1 } })
              .sort({ _id: 1 })
              .toArray()
          ).map(({ _id }) => _id),
        [0, 1],
      ),
    ),
    indexed(
      [[{ a: 1 }]],
      tells(
        'an array is found whole',
        [{ a: [1, 2] }, { a: [2, 1] }],
        async (c) => (await c.find({ a: [2, 1] }, { hint: { a: 1 } }).toArray()).map(({ _id }) => _id),
        [1],
      ),
    ),
    indexed(
      [[{ 'a.b': 1, c: 1 }]],
      tells(
        'one field of a compound index may be an array',
        [{ a: [{ b: 1 }, { b: 2 }], c: 3 }],
        async (c) => (await c.find({ 'a.b': 2, c: 3 }, { hint: { 'a.b': 1, c: 1 } }).toArray()).length,
        1,
      ),
    ),
    indexed(
      [[{ a: 1, b: 1 }]],
      refuses('two fields of a compound index may not both be arrays', [], both({ a: [1], b: [2] }), 171),
    ),
    indexed(
      [[{ a: 1, b: 1 }]],
      tells(
        'each of two documents may have another field as an array',
        [],
        async (c) => {
          await both({ a: [1], b: 2 }, { a: 1, b: [2] })(c);
          return (await c.find({ a: 1, b: 2 }, { hint: { a: 1, b: 1 } }).toArray()).length;
        },
        2,
      ),
    ),
    refuses(
      'an index over arrays of two fields is not built',
      [{ a: [1], b: [2] }],
      (c) => c.createIndex({ a: 1, b: 1 }),
      171,
    ),
  ]),
  chapter('reference/method/cursor.hint', [
    indexed(
      [[{ a: 1 }]],
      tells(
        'a hint gives the order of its index',
        [{ a: 2 }, { a: 1 }],
        async (c) => (await c.find({}, { hint: 'a_1' }).toArray()).map(({ _id }) => _id),
        [1, 0],
      ),
    ),
    refuses('a hint without its index', [{}], (c) => c.find({}, { hint: 'b_1' }).toArray(), 2),
    indexed(
      [[{ a: 1 }]],
      tells('a hint does not change the answer', [{}, { a: 1 }], (c) => c.find({}, { hint: { a: 1 } }).toArray(), [
        { _id: 0 },
        { _id: 1, a: 1 },
      ]),
    ),
    indexed(
      [[{ a: 1 }]],
      tells(
        'an update by a hint',
        [{ a: 1 }, { a: 2 }],
        async (c) => {
          await c.updateMany({ a: 2 }, { $set: { b: 1 } }, { hint: { a: 1 } });
          return all(c);
        },
        [
          { _id: 0, a: 1 },
          { _id: 1, a: 2, b: 1 },
        ],
      ),
    ),
  ]),
];
