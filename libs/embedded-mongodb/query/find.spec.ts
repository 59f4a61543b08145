/** What find answers, by subject. Expectations are MongoDB's: https://www.mongodb.com/docs/manual/reference/operator/query/ */
import { describe, expect, it } from '@jest/globals';
import {
  Binary,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  type Document,
  type Filter,
  type Sort,
} from 'mongodb';
import { mongoUnderTest } from '../mongo-under-test.js';

type Doc = Document & { _id: number };
const mongo = mongoUnderTest();
let collections = 0;

/** Documents get their place as _id; the answer is the places. */
async function places(documents: Document[], filter: Filter<Doc>, sort?: Sort): Promise<number[]> {
  const collection = mongo.db.collection<Doc>(`find${collections++}`);
  await collection.insertMany(documents.map((document, _id) => ({ _id, ...document })));
  const found = await collection.find(filter, sort ? { sort } : { sort: { _id: 1 } }).toArray();
  return found.map(({ _id }) => _id);
}

const long = (text: string): Long => Long.fromString(text);

const filters: [says: string, documents: Document[], filter: Document, places: number[]][] = [
  [
    'equality with a number compares int, long and double by value',
    [{ a: new Int32(1) }, { a: new Double(1) }, { a: long('1') }, { a: '1' }],
    { a: 1 },
    [0, 1, 2],
  ],
  ['equality with -0 finds 0', [{ a: new Double(0) }, { a: new Int32(0) }], { a: new Double(-0) }, [0, 1]],
  [
    'longs above 2^53 are not confused with their neighbours',
    [{ a: long('9007199254740992') }, { a: long('9007199254740993') }, { a: new Double(9007199254740992) }],
    { a: long('9007199254740993') },
    [1],
  ],
  [
    'the greatest long is less than the double 2^63',
    [{ a: long('9223372036854775807') }],
    { a: { $lt: new Double(2 ** 63) } },
    [0],
  ],
  ['null matches null and a missing field', [{ a: null }, {}, { a: 0 }, { a: [] }], { a: null }, [0, 1]],
  ['null matches an array that holds null', [{ a: [1, null] }, { a: [1] }], { a: null }, [0]],
  [
    'null at a dotted path matches a missing parent and a scalar parent',
    [{}, { a: 1 }, { a: {} }, { a: { b: 1 } }],
    { 'a.b': null },
    [0, 1, 2],
  ],
  ['$ne null finds what is there and not null', [{ a: null }, {}, { a: 0 }], { a: { $ne: null } }, [2]],
  [
    'a subdocument is equal with the same fields in the same order only',
    [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, { a: { x: 1 } }],
    { a: { x: 1, y: 2 } },
    [0],
  ],
  ['an empty subdocument equals only an empty one', [{ a: {} }, { a: { x: 1 } }, { a: [] }], { a: {} }, [0]],
  ['an array is equal as a whole, in its order', [{ a: [1, 2] }, { a: [2, 1] }, { a: [1, 2, 3] }], { a: [1, 2] }, [0]],
  [
    'an array operand also equals an element that is such an array',
    [{ a: [[1, 2], 3] }, { a: [1, 2] }, { a: [1] }],
    { a: [1, 2] },
    [0, 1],
  ],
  ['a scalar equals an element of an array', [{ a: [1, 2] }, { a: 1 }, { a: [[1]] }], { a: 1 }, [0, 1]],
  [
    'a dotted path goes through an array of subdocuments',
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 2 } }, { a: [{ b: 3 }] }],
    { 'a.b': 2 },
    [0, 1],
  ],
  ['a dotted path does not go through arrays within arrays', [{ a: [[{ b: 1 }]] }], { 'a.b': 1 }, []],
  [
    'two conditions on an array may be met by different elements',
    [{ a: [1, 9] }, { a: [5] }, { a: [9] }],
    { a: { $gt: 4, $lt: 6 } },
    [0, 1],
  ],
  ['… one element above and one below suffice', [{ a: [1, 9] }], { a: { $gt: 4, $lt: 2 } }, [0]],
  ['$gt compares within a type only', [{ a: 5 }, { a: '5' }, { a: null }, { a: new Date(5) }], { a: { $gt: 1 } }, [0]],
  ['$lt with a string does not find numbers', [{ a: 5 }, { a: 'a' }], { a: { $lt: 'b' } }, [1]],
  ['$gte and $lte null find null and missing', [{ a: null }, {}, { a: 1 }], { a: { $gte: null } }, [0, 1]],
  ['$lt null finds nothing', [{ a: null }, {}, { a: 1 }], { a: { $lt: null } }, []],
  ['NaN equals NaN', [{ a: NaN }, { a: 1 }], { a: NaN }, [0]],
  ['NaN is not less than a number', [{ a: NaN }, { a: 1 }], { a: { $lt: 5 } }, [1]],
  ['$gt MinKey finds all types', [{ a: 1 }, { a: 'x' }, { a: new MinKey() }], { a: { $gt: new MinKey() } }, [0, 1]],
  ['$lt MaxKey finds all types', [{ a: 1 }, { a: 'x' }, { a: new MaxKey() }], { a: { $lt: new MaxKey() } }, [0, 1]],
  [
    'dates compare before and after 1970',
    [{ a: new Date(-1) }, { a: new Date(0) }, { a: new Date(1) }],
    { a: { $lt: new Date(0) } },
    [0],
  ],
  [
    'a date is not a timestamp',
    [{ a: new Date(0) }, { a: Timestamp.fromBits(0, 0) }],
    { a: { $gte: new Date(0) } },
    [0],
  ],
  ['booleans are not numbers', [{ a: true }, { a: 1 }], { a: true }, [0]],
  [
    'ObjectIds compare by their bytes',
    [{ a: new ObjectId('00'.repeat(12)) }, { a: new ObjectId('ff'.repeat(12)) }],
    { a: { $gt: new ObjectId('7f'.repeat(12)) } },
    [1],
  ],
  [
    'binary data compares by length first',
    [{ a: new Binary(Buffer.from([9])) }, { a: new Binary(Buffer.from([1, 1])) }],
    { a: { $gt: new Binary(Buffer.from([9])) } },
    [1],
  ],
  ['strings with NUL are compared to their end', [{ a: 'x' }, { a: 'x\0' }, { a: 'x\0y' }], { a: { $gt: 'x\0' } }, [2]],
  ['$in takes any of the values', [{ a: 1 }, { a: 'b' }, { a: 3 }], { a: { $in: [3, 'b', 4] } }, [1, 2]],
  ['$in with null finds missing', [{ a: 1 }, {}, { a: null }], { a: { $in: [null] } }, [1, 2]],
  ['$in with an array finds the array', [{ a: [1] }, { a: 1 }], { a: { $in: [[1]] } }, [0]],
  ['$in of nothing finds nothing', [{ a: 1 }, {}], { a: { $in: [] } }, []],
  ['$nin finds missing', [{ a: 1 }, {}, { a: [1, 2] }], { a: { $nin: [1] } }, [1]],
  ['$ne on an array needs all elements to differ', [{ a: [1, 2] }, { a: [2] }], { a: { $ne: 1 } }, [1]],
  ['$exists true finds null', [{ a: null }, {}], { a: { $exists: true } }, [0]],
  ['$exists false at a dotted path', [{ a: { b: 1 } }, { a: {} }, { a: 1 }], { 'a.b': { $exists: false } }, [1, 2]],
  [
    '$not finds what the condition does not, missing too',
    [{ a: 1 }, { a: 5 }, {}, { a: 'x' }],
    { a: { $not: { $gt: 3 } } },
    [0, 2, 3],
  ],
  [
    '$not with two conditions negates both together',
    [{ a: 1 }, { a: 5 }, { a: 9 }],
    { a: { $not: { $gt: 3, $lt: 7 } } },
    [0, 2],
  ],
  [
    '$and, $or and $nor nest',
    [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 2, b: 3 },
    ],
    { $or: [{ $and: [{ a: 1 }, { b: 1 }] }, { $nor: [{ a: 1 }] }] },
    [0, 2],
  ],
  ['$all needs every value', [{ a: [1, 2, 3] }, { a: [1] }, { a: 1 }], { a: { $all: [1, 2] } }, [0]],
  ['$all of one scalar finds a scalar', [{ a: 1 }, { a: [1] }], { a: { $all: [1] } }, [0, 1]],
  ['$all of nothing finds nothing', [{ a: [] }, { a: 1 }], { a: { $all: [] } }, []],
  [
    '$size counts the elements of arrays only',
    [{ a: [1, 2] }, { a: [] }, { a: 'xy' }, { a: [[1, 2]] }],
    { a: { $size: 2 } },
    [0],
  ],
  [
    '$elemMatch needs one element that meets all',
    [{ a: [1, 9] }, { a: [5] }, { a: 5 }],
    { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
    [1],
  ],
  [
    '$elemMatch does not look into an array within the array',
    [{ a: [[5]] }, { a: [[4], 5] }, { a: [[1, 9]] }],
    { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
    [1],
  ],
  [
    '$elemMatch on subdocuments',
    [{ a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }, { y: 2 }] }],
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [0],
  ],
  ['an empty filter finds all', [{}, { a: 1 }], {}, [0, 1]],
];

describe('a filter', () => {
  it.each(filters)('%s', async (_, documents, filter, expected) => {
    expect(await places(documents, filter as Filter<Doc>)).toEqual(expected);
  });

  it('answers the same with an index on each field', async () => {
    for (const [says, documents, filter, expected] of filters) {
      const collection = mongo.db.collection<Doc>(`indexed${collections++}`);
      await collection.createIndexes([{ key: { a: 1 } }, { key: { 'a.b': -1 } }]);
      await collection.insertMany(documents.map((document, _id) => ({ _id, ...document })));
      const found = await collection.find(filter as Filter<Doc>).toArray();
      expect([says, found.map(({ _id }) => _id).sort()]).toEqual([says, expected]);
    }
  });
});

describe('a sort', () => {
  it('orders the types as MongoDB does', async () => {
    const inOrder = [
      new MinKey(),
      null,
      1,
      'a',
      { x: 1 },
      new Binary(Buffer.from('x')),
      new ObjectId(),
      false,
      true,
      new Date(0),
      new Timestamp({ t: 0, i: 0 }),
      new MaxKey(),
    ];
    const shuffled = inOrder.map((a, i) => ({ a, i })).reverse();
    expect(await places(shuffled, {}, { a: 1 })).toEqual(inOrder.map((_, i) => inOrder.length - 1 - i));
  });

  it.each<[says: string, documents: Document[], sort: Sort, places: number[]]>([
    ['a missing field sorts as null', [{ a: 1 }, {}, { a: null }, { a: 0 }], { a: 1, _id: 1 }, [1, 2, 3, 0]],
    ['an array sorts by its least element upwards', [{ a: [5, 1] }, { a: 2 }, { a: [3, 0] }], { a: 1 }, [2, 0, 1]],
    [
      'an array sorts by its greatest element downwards',
      [{ a: [5, 1] }, { a: 2 }, { a: [3, 0] }],
      { a: -1 },
      [0, 2, 1],
    ],
    ['an empty array comes before null', [{ a: null }, { a: [] }, { a: 1 }], { a: 1 }, [1, 0, 2]],
    [
      'several fields with directions',
      [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
        { a: 0, b: 3 },
      ],
      { a: 1, b: -1 },
      [2, 1, 0],
    ],
    ['strings by their UTF-8 bytes', [{ a: 'b' }, { a: 'B' }, { a: 'é' }, { a: '' }], { a: 1 }, [3, 1, 0, 2]],
    [
      'numbers by value',
      [{ a: new Double(1.5) }, { a: new Int32(1) }, { a: long('2') }, { a: -Infinity }, { a: NaN }],
      { a: 1 },
      [4, 3, 1, 0, 2],
    ],
  ])('%s', async (_, documents, sort, expected) => {
    expect(await places(documents, {}, sort)).toEqual(expected);
  });
});

describe('a projection', () => {
  const document = { _id: 1, a: 1, b: { x: 1, y: 2 }, c: [{ x: 1, y: 2 }, 3, [{ x: 4, y: 5 }]] };
  it.each<[says: string, projection: Document, expected: Document]>([
    ['includes with _id', { a: 1 }, { _id: 1, a: 1 }],
    ['includes without _id', { a: 1, _id: 0 }, { a: 1 }],
    ['excludes', { b: 0, c: 0 }, { _id: 1, a: 1 }],
    ['of _id alone excludes all else', { _id: 1 }, { _id: 1 }],
    ['that only drops _id', { _id: 0, b: 0, c: 0 }, { a: 1 }],
    ['includes a dotted field', { 'b.x': 1 }, { _id: 1, b: { x: 1 } }],
    ['excludes a dotted field', { 'b.x': 0, c: 0 }, { _id: 1, a: 1, b: { y: 2 } }],
    ['includes within arrays, and leaves out scalars', { 'c.x': 1 }, { _id: 1, c: [{ x: 1 }, [{ x: 4 }]] }],
    ['excludes within arrays, and keeps scalars', { 'c.x': 0, b: 0 }, { _id: 1, a: 1, c: [{ y: 2 }, 3, [{ y: 5 }]] }],
    ['of a field that is missing', { z: 1 }, { _id: 1 }],
    ['into a scalar', { 'a.z': 1 }, { _id: 1 }],
  ])('%s', async (_, projection, expected) => {
    const collection = mongo.db.collection<Doc>(`projection${collections++}`);
    await collection.insertOne(document);
    expect(await collection.findOne({}, { projection })).toEqual(expected);
  });
});

describe('skip, limit and batches', () => {
  it('give each document once, in batches of any size', async () => {
    const collection = mongo.db.collection<Doc>('batches');
    await collection.insertMany(Array.from({ length: 1_000 }, (_, _id) => ({ _id, a: _id % 7 })));
    for (const batchSize of [1, 2, 100, 999, 1_000, 5_000]) {
      const found = await collection.find({ a: { $ne: 3 } }, { batchSize, sort: { _id: -1 } }).toArray();
      expect(found.length).toBe(857);
      expect(found[0]!._id).toBe(999);
    }
    expect(
      (await collection.find({}, { skip: 10, limit: 5, sort: { _id: 1 } }).toArray()).map(({ _id }) => _id),
    ).toEqual([10, 11, 12, 13, 14]);
    expect(await collection.countDocuments({}, { skip: 990 })).toBe(10);
  });

  it('hold when documents change while a cursor is open', async () => {
    const collection = mongo.db.collection<Doc>('moving');
    await collection.createIndex({ a: 1 });
    await collection.insertMany(Array.from({ length: 300 }, (_, _id) => ({ _id, a: 1, b: _id })));
    const cursor = collection.find({ a: 1 }, { batchSize: 10 });
    const found = [(await cursor.next())!._id];
    await collection.updateMany({ _id: { $gte: 200 } }, { $set: { a: 2 } });
    await collection.deleteMany({ _id: { $gte: 100, $lt: 150 } });
    for await (const { _id } of cursor) found.push(_id);
    expect(found).toEqual([...Array(100).keys(), ...Array.from({ length: 50 }, (_, i) => 150 + i)]);
  });
});
