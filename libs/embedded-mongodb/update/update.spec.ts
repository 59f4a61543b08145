/** Updates of several at once. What operators make of a document is in test/conformance/mongodb. */
import { describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { mongoUnderTest } from '../mongo-under-test.js';

type Doc = Document & { _id: number };
const mongo = mongoUnderTest();
let collections = 0;
const fresh = () => mongo.db.collection<Doc>(`update${collections++}`);

describe('an update', () => {
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

  it('many at once on one document are all done', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    await Promise.all(Array.from({ length: 200 }, () => collection.updateOne({ _id: 1 }, { $inc: { n: 1 } })));
    expect(await collection.findOne()).toEqual({ _id: 1, n: 200 });
  });
});
