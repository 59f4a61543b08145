/** Cursors over many documents. What filters, sorts and projections mean is in test/conformance/mongodb. */
import { describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { mongoUnderTest } from '../mongo-under-test.js';

type Doc = Document & { _id: number };
const mongo = mongoUnderTest();

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
