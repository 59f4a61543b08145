import { type Asked, type Chapter, chapter, indexed, refuses, tells } from '../case.js';

const names = async (c: Asked) => (await c.indexes()).map(({ name }) => name);
const sorted = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort();

/** Counting, distinct values, indexes and collections. */
export const collections: Chapter[] = [
  chapter('reference/command/count', [
    tells('counts what matches', [{ a: 1 }, { a: 2 }, { a: [1, 1] }], (c) => c.countDocuments({ a: 1 }), 2),
    tells('counts all', [{}, {}, {}], (c) => c.countDocuments(), 3),
    tells(
      'counts after a skip, up to a limit',
      [{}, {}, {}, {}],
      (c) => c.countDocuments({}, { skip: 1, limit: 2 }),
      2,
    ),
    tells('counts nothing of a skip beyond the end', [{}], (c) => c.countDocuments({}, { skip: 5 }), 0),
    tells('counts all by what the collection says of itself', [{}, {}], (c) => c.estimatedDocumentCount(), 2),
    tells('counts 0 in a collection that is not there', [], (c) => c.countDocuments(), 0),
  ]),
  chapter('reference/command/distinct', [
    tells('gives each value once', [{ a: 1 }, { a: 2 }, { a: 1 }], async (c) => sorted(await c.distinct('a')), [
      '1',
      '2',
    ]),
    tells(
      'takes each element of an array for a value, and an array in it for one',
      [{ a: [1, [1], 1] }],
      async (c) => sorted(await c.distinct('a')),
      ['1', '[1]'],
    ),
    tells('gives nothing for a missing field', [{ a: 1 }, {}], (c) => c.distinct('a'), [1]),
    tells(
      'of a field of an embedded document',
      [{ a: { b: 1 } }, { a: { b: 2 } }],
      async (c) => sorted(await c.distinct('a.b')),
      ['1', '2'],
    ),
    tells(
      'of a field of the subdocuments of an array',
      [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 2 }] }],
      async (c) => sorted(await c.distinct('a.b')),
      ['1', '2'],
    ),
    tells(
      'with a filter',
      [
        { a: 1, b: 1 },
        { a: 2, b: 2 },
      ],
      (c) => c.distinct('a', { b: 2 }),
      [2],
    ),
    tells('of a collection that is not there', [], (c) => c.distinct('a'), []),
  ]),
  chapter('reference/command/createIndexes', [
    tells('names an index by its fields and directions', [], (c) => c.createIndex({ a: 1, 'b.c': -1 }), 'a_1_b.c_-1'),
    tells(
      'makes the same index once',
      [],
      async (c) => {
        await c.createIndex({ a: 1 });
        await c.createIndex({ a: 1 });
        return names(c);
      },
      ['_id_', 'a_1'],
    ),
    tells(
      'makes two with the directions reversed',
      [],
      async (c) => {
        await c.createIndexes([{ key: { a: 1, b: 1 } }, { key: { a: -1, b: -1 } }]);
        return (await names(c)).length;
      },
      3,
    ),
    indexed(
      [[{ a: 1 }]],
      refuses('the name of another index', [], (c) => c.createIndex({ b: 1 }, { name: 'a_1' }), 86),
    ),
    indexed(
      [[{ a: 1 }]],
      refuses('an index that has another name', [], (c) => c.createIndex({ a: 1 }, { name: 'other' }), 85),
    ),
  ]),
  chapter('reference/command/listIndexes', [
    indexed(
      [[{ b: -1 }, { unique: true }]],
      tells('lists the index of _id first, and what is unique', [], (c) => c.indexes(), [
        { v: 2, key: { _id: 1 }, name: '_id_' },
        { v: 2, key: { b: -1 }, name: 'b_-1', unique: true },
      ]),
    ),
    refuses('of a collection that is not there', [], (c) => c.indexes(), 26),
  ]),
  chapter('reference/command/dropIndexes', [
    indexed(
      [[{ a: 1 }], [{ b: 1 }]],
      tells(
        'drops by name',
        [],
        async (c) => {
          await c.dropIndex('a_1');
          return names(c);
        },
        ['_id_', 'b_1'],
      ),
    ),
    indexed(
      [[{ a: 1 }], [{ b: 1 }]],
      tells(
        'drops all but that of _id',
        [],
        async (c) => {
          await c.dropIndexes();
          return names(c);
        },
        ['_id_'],
      ),
    ),
    indexed(
      [[{ a: 1 }]],
      refuses('an index that is not there', [], (c) => c.dropIndex('z_1'), 27),
    ),
    indexed(
      [[{ a: 1 }]],
      refuses('the index of _id', [], (c) => c.dropIndex('_id_'), 72),
    ),
  ]),
  chapter('reference/command/drop', [
    indexed(
      [[{ a: 1 }]],
      tells(
        'takes the documents and the indexes',
        [{ a: 1 }],
        async (c) => {
          await c.drop();
          await c.insertOne({ _id: 5 });
          return [await c.countDocuments(), await names(c)];
        },
        [1, ['_id_']],
      ),
    ),
    tells('of a collection that is not there is no error', [], (c) => c.drop(), true),
  ]),
];
