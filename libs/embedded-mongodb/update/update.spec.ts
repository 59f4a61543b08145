/** What an update makes of a document. https://www.mongodb.com/docs/manual/reference/operator/update/ */
import { describe, expect, it } from '@jest/globals';
import { Double, Int32, Long, type Document, type UpdateFilter } from 'mongodb';
import { mongoUnderTest } from '../mongo-under-test.js';

type Doc = Document & { _id: number };
const mongo = mongoUnderTest();
let collections = 0;
const fresh = () => mongo.db.collection<Doc>(`update${collections++}`);

describe('an operator', () => {
  it.each<[says: string, before: Document, update: Document, after: Document]>([
    ['$set changes a field in its place', { a: 1, b: 2 }, { $set: { a: 3 } }, { a: 3, b: 2 }],
    [
      '$set appends new fields in the order of their names',
      { z: 1 },
      { $set: { c: 1, a: 1, b: 1 } },
      { z: 1, a: 1, b: 1, c: 1 },
    ],
    ['$set makes the way to a dotted path', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    [
      '$set into a subdocument keeps its other fields',
      { a: { x: 1, y: 2 } },
      { $set: { 'a.x': 3 } },
      { a: { x: 3, y: 2 } },
    ],
    ['$unset removes', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
    ['$unset at a path that is not there does nothing', { a: 1 }, { $unset: { 'b.c': '', 'a.x': '' } }, { a: 1 }],
    ['$inc adds', { a: 1 }, { $inc: { a: 2, b: -3 } }, { a: 3, b: -3 }],
    ['$inc makes doubles of a double', { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
    [
      '$min and $max keep the extreme',
      { a: 5, b: 5, c: 5, d: 5 },
      { $min: { a: 3, b: 7 }, $max: { c: 3, d: 7 } },
      { a: 3, b: 5, c: 5, d: 7 },
    ],
    ['$min and $max set a missing field', {}, { $min: { a: 3 }, $max: { b: 4 } }, { a: 3, b: 4 }],
    ['$max compares types too', { a: 5 }, { $max: { a: 'x' } }, { a: 'x' }],
    ['$push appends one value', { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
    ['$push with $each appends all', { a: [1] }, { $push: { a: { $each: [2, 1] } } }, { a: [1, 2, 1] }],
    ['$push makes the array', {}, { $push: { a: 1 } }, { a: [1] }],
    ['$addToSet adds what is not there', { a: [1] }, { $addToSet: { a: 1 } }, { a: [1] }],
    [
      '$addToSet with $each adds each once',
      { a: [1] },
      { $addToSet: { a: { $each: [1, 2, 2, 3] } } },
      { a: [1, 2, 3] },
    ],
    [
      '$addToSet tells subdocuments apart by the order of fields',
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    ['$pull removes equal values', { a: [1, 2, 1, '1'] }, { $pull: { a: 1 } }, { a: [2, '1'] }],
    ['$pull removes by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    ['$pull removes any of several', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }],
    [
      '$pull removes subdocuments that match as a query',
      { a: [{ x: 1, y: 1 }, { x: 2 }, 1] },
      { $pull: { a: { x: 1 } } },
      { a: [{ x: 2 }, 1] },
    ],
    [
      '$pull of an array needs the same array',
      {
        a: [
          [1, 2],
          [2, 1],
        ],
      },
      { $pull: { a: [1, 2] } },
      { a: [[2, 1]] },
    ],
    [
      '$setOnInsert does nothing to a document that is there',
      { a: 1 },
      { $setOnInsert: { a: 2 }, $set: { b: 1 } },
      { a: 1, b: 1 },
    ],
  ])('%s', async (_, before, update, after) => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, ...before });
    await collection.updateOne({ _id: 1 }, update);
    const found = (await collection.findOne({ _id: 1 }))!;
    expect(JSON.stringify(found)).toBe(JSON.stringify({ _id: 1, ...after }));
  });

  it('$inc of int32 grows to a long, and keeps the type otherwise', async () => {
    const collection = fresh();
    await collection.insertOne({
      _id: 1,
      a: new Int32(2_147_483_647),
      b: new Int32(1),
      c: Long.fromNumber(1),
      d: new Double(1),
    });
    await collection.updateOne(
      { _id: 1 },
      { $inc: { a: new Int32(1), b: new Int32(1), c: new Int32(1), d: new Int32(1) } },
    );
    const found = (await collection.findOne({ _id: 1 }, { promoteValues: false }))! as Record<
      string,
      { _bsontype: string }
    >;
    expect(Object.values(found).map(({ _bsontype }) => _bsontype)).toEqual([
      'Int32',
      'Long',
      'Int32',
      'Long',
      'Double',
    ]);
    expect(found['a']).toEqual(Long.fromString('2147483648'));
  });

  it.each<[says: string, before: Document, update: Document, code: number]>([
    ['$inc of a string', { a: 'x' }, { $inc: { a: 1 } }, 14],
    ['$inc by a string', { a: 1 }, { $inc: { a: 'x' } }, 14],
    ['$push to a scalar', { a: 1 }, { $push: { a: 1 } }, 2],
    ['$addToSet to a scalar', { a: 1 }, { $addToSet: { a: 1 } }, 2],
    ['$pull from a scalar', { a: 1 }, { $pull: { a: 1 } }, 2],
    ['$set below a scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
    ['two operators on one path', { a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    ['two operators on a path and its parent', {}, { $set: { 'a.b': 1 }, $inc: { a: 1 } }, 40],
    ['another _id', {}, { $set: { _id: 2 } }, 66],
    ['an unknown operator', {}, { $foo: { a: 1 } }, 9],
    ['an empty part of a path', {}, { $set: { 'a.': 1 } }, 56],
  ])('%s is refused', async (_, before, update, code) => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, ...before });
    await expect(collection.updateOne({ _id: 1 }, update as UpdateFilter<Doc>)).rejects.toMatchObject({ code });
    expect(await collection.findOne({ _id: 1 })).toEqual({ _id: 1, ...before });
  });
});

describe('an update', () => {
  it('says what it matched and what it changed', async () => {
    const collection = fresh();
    await collection.insertMany([1, 2, 3].map((_id) => ({ _id, a: _id === 1 ? 1 : 0 })));
    expect(await collection.updateMany({}, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 3,
      modifiedCount: 2,
      upsertedCount: 0,
    });
    expect(await collection.replaceOne({ _id: 1 }, { a: 1 })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await collection.updateOne({ _id: 9 }, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 0,
      modifiedCount: 0,
    });
  });

  it('with a guard changes only what is older', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, position: 5 },
      { _id: 2, position: 7 },
    ]);
    const result = await collection.bulkWrite(
      [1, 2, 3].map((_id) => ({ replaceOne: { filter: { _id, position: { $lt: 6 } }, replacement: { position: 6 } } })),
      { ordered: false },
    );
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
      { _id: 1, position: 6 },
      { _id: 2, position: 7 },
    ]);
  });

  it('of a guarded upsert that comes late is a duplicate key, and the others are done', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, position: 9 });
    const writes = [1, 2].map((_id) => ({
      replaceOne: { filter: { _id, position: { $lt: 6 } }, replacement: { position: 6 }, upsert: true },
    }));
    await expect(collection.bulkWrite(writes, { ordered: false })).rejects.toMatchObject({
      code: 11000,
      result: { upsertedCount: 1 },
    });
    expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
      { _id: 1, position: 9 },
      { _id: 2, position: 6 },
    ]);
  });

  it('that upserts takes equalities of the filter, the operators, and $setOnInsert', async () => {
    const collection = fresh();
    const result = await collection.updateOne(
      { _id: 7, 'a.b': 1, c: { $eq: 2 }, d: { $gt: 3 }, $and: [{ e: 4 }] },
      { $set: { f: 5 }, $setOnInsert: { g: 6 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ matchedCount: 0, upsertedId: 7 });
    expect(await collection.findOne()).toEqual({ _id: 7, a: { b: 1 }, c: 2, e: 4, f: 5, g: 6 });
  });

  it('that replaces by upsert takes only _id from the filter', async () => {
    const collection = fresh();
    await collection.replaceOne({ _id: 7, a: 1 }, { b: 2 }, { upsert: true });
    expect(await collection.findOne()).toEqual({ _id: 7, b: 2 });
  });

  it('within one command sees what the statements before it did', async () => {
    const collection = fresh();
    await collection.bulkWrite([
      { updateOne: { filter: { _id: 1 }, update: { $set: { a: 1 } }, upsert: true } },
      { updateMany: { filter: { a: 1 }, update: { $inc: { a: 1 } } } },
      { updateOne: { filter: { a: 2 }, update: { $set: { b: 1 } } } },
    ]);
    expect(await collection.findOne()).toEqual({ _id: 1, a: 2, b: 1 });
  });

  it('many at once on one document are all done', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    await Promise.all(Array.from({ length: 200 }, () => collection.updateOne({ _id: 1 }, { $inc: { n: 1 } })));
    expect(await collection.findOne()).toEqual({ _id: 1, n: 200 });
  });
});

describe('findAndModify', () => {
  it('answers the document before or after, sorted, and upserts', async () => {
    const collection = fresh();
    await collection.insertMany([
      { _id: 1, a: 2 },
      { _id: 2, a: 1 },
    ]);
    expect(await collection.findOneAndUpdate({}, { $inc: { a: 10 } }, { sort: { a: 1 } })).toEqual({ _id: 2, a: 1 });
    expect(
      await collection.findOneAndUpdate(
        { _id: 2 },
        { $inc: { a: 10 } },
        { returnDocument: 'after', projection: { _id: 0 } },
      ),
    ).toEqual({ a: 21 });
    expect(await collection.findOneAndReplace({ _id: 3 }, { a: 5 }, { upsert: true, returnDocument: 'after' })).toEqual(
      { _id: 3, a: 5 },
    );
    expect(await collection.findOneAndDelete({ a: 5 })).toEqual({ _id: 3, a: 5 });
    expect(await collection.findOneAndUpdate({ _id: 99 }, { $set: { a: 1 } })).toBeNull();
    expect(await collection.countDocuments()).toBe(2);
  });
});
