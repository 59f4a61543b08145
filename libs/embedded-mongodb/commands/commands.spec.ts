/** Large documents, cursors, sessions, long work, and what is refused by name. What is answered is in test/conformance/mongodb. */
import { describe, expect, it } from '@jest/globals';
import { Long, MongoClient, type Db, type Document } from 'mongodb';
import { isEmbedded, mongoUnderTest } from '../mongo-under-test.js';

type Doc = Document & { _id: number };
const mongo = mongoUnderTest();
let collections = 0;
const fresh = () => mongo.db.collection<Doc>(`commands${collections++}`);
const onlyEmbedded = isEmbedded ? it : it.skip;

describe('an insert', () => {
  it('keeps documents of several megabytes, and many of them in one command', async () => {
    const collection = fresh();
    const big = 'x'.repeat(3_000_000);
    await collection.insertMany(Array.from({ length: 12 }, (_, _id) => ({ _id, big })));
    const found = await collection.find().toArray();
    expect(found.map(({ big }) => (big as string).length)).toEqual(Array(12).fill(3_000_000));
  });

  it('keeps an _id that is longer than a key may be', async () => {
    const collection = mongo.db.collection<{ _id: string }>(`commands${collections++}`);
    const ids = ['x'.repeat(3_000), `${'x'.repeat(3_000)}y`, 'x'.repeat(470)];
    await collection.insertMany(ids.map((_id) => ({ _id })));
    expect((await collection.find({}, { sort: { _id: 1 } }).toArray()).map(({ _id }) => _id)).toEqual([...ids].sort());
    expect(await collection.findOne({ _id: ids[1]! })).toEqual({ _id: ids[1] });
    await expect(collection.insertOne({ _id: ids[0]! })).rejects.toMatchObject({ code: 11000 });
  });
});

describe('indexes', () => {
  it('are listed, made once, and dropped by name or pattern', async () => {
    const collection = fresh();
    expect(
      await collection.createIndexes([{ key: { a: 1, 'b.c': -1 } }, { key: { d: 1 }, name: 'byD', unique: true }]),
    ).toEqual(['a_1_b.c_-1', 'byD']);
    await collection.createIndex({ a: 1, 'b.c': -1 });
    expect(await collection.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { a: 1, 'b.c': -1 }, name: 'a_1_b.c_-1' },
      { v: 2, key: { d: 1 }, name: 'byD', unique: true },
    ]);
    await expect(collection.createIndex({ a: 1 }, { name: 'byD' })).rejects.toMatchObject({ code: 86 });
    await expect(collection.createIndex({ d: 1 }, { name: 'other' })).rejects.toMatchObject({ code: 85 });
    await collection.dropIndex('byD');
    await mongo.db.command({ dropIndexes: collection.collectionName, index: { a: 1, 'b.c': -1 } });
    await expect(collection.dropIndex('byD')).rejects.toMatchObject({ code: 27 });
    await expect(collection.dropIndex('_id_')).rejects.toMatchObject({ code: 72 });
  });

  onlyEmbedded('that are missing are counted, and those that are there are used', async () => {
    const cost = async () =>
      (await mongo.db.command({ serverStatus: 1 })) as { unindexedScans: number; documentsExamined: number };
    const collection = fresh();
    await collection.createIndexes([{ key: { status: 1, position: -1 } }, { key: { position: -1 } }]);
    await collection.insertMany(Array.from({ length: 1_000 }, (_, _id) => ({ _id, status: _id % 4, position: _id })));
    const before = await cost();
    const page = await collection
      .find({ status: { $in: [1, 2] }, position: { $lt: 900 } }, { sort: { position: -1 }, limit: 10 })
      .toArray();
    expect(page.map(({ _id }) => _id)).toEqual([898, 897, 894, 893, 890, 889, 886, 885, 882, 881]);
    await collection.find({}, { sort: { position: 1 }, limit: 10 }).toArray();
    expect(await collection.countDocuments({ status: 3 })).toBe(250);
    const between = await cost();
    expect(between.unindexedScans).toBe(before.unindexedScans);
    expect(between.documentsExamined - before.documentsExamined).toBeLessThanOrEqual(22);
    await collection.findOne({ other: 1 });
    expect((await cost()).unindexedScans).toBe(before.unindexedScans + 1);
  });
});

describe('collections', () => {
  it('are made, listed, renamed and dropped', async () => {
    const db = mongo.client.db(`${mongo.db.databaseName}_c`);
    const names = async () => (await db.listCollections().toArray()).map(({ name }) => name).sort();
    await db.createCollection('one');
    await db.collection<Doc>('two').insertOne({ _id: 1 });
    expect(await names()).toEqual(['one', 'two']);
    expect((await db.listCollections({ name: 'two' }, { nameOnly: true }).toArray()).length).toBe(1);
    await expect(db.collection('two').rename('one')).rejects.toMatchObject({ code: 48 });
    await db.collection('two').rename('one', { dropTarget: true });
    expect(await names()).toEqual(['one']);
    expect(await db.collection<Doc>('one').findOne()).toEqual({ _id: 1 });
    await db.dropCollection('one');
    expect(await db.collection('one').countDocuments()).toBe(0);
    await expect(db.collection('one').indexes()).rejects.toMatchObject({ code: 26 });
    await db.dropDatabase();
  });
});

describe('a cursor', () => {
  it('that was killed or never was is error 43', async () => {
    const collection = fresh();
    await collection.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    const { cursor } = (await mongo.db.command({ find: collection.collectionName, batchSize: 1 })) as {
      cursor: { id: Long };
    };
    const getMore = { getMore: Long.fromValue(cursor.id), collection: collection.collectionName };
    expect(
      await mongo.db.command({ killCursors: collection.collectionName, cursors: [getMore.getMore] }),
    ).toMatchObject({ ok: 1 });
    await expect(mongo.db.command(getMore)).rejects.toMatchObject({ code: 43 });
  });
});

describe('a retryable write', () => {
  it('that comes again gives the first answer and no second effect', async () => {
    const collection = fresh();
    await collection.insertOne({ _id: 1, n: 0 });
    const client = await MongoClient.connect(mongo.url);
    const db = client.db(mongo.db.databaseName);
    const session = client.startSession();
    const command = {
      update: collection.collectionName,
      updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }],
      txnNumber: Long.fromNumber(1),
    };
    const first = await db.command({ ...command }, { session });
    const second = await db.command({ ...command }, { session });
    expect([first['n'], second['n'], second['nModified']]).toEqual([1, 1, 1]);
    expect(await collection.findOne()).toEqual({ _id: 1, n: 1 });
    await db.command({ ...command, txnNumber: Long.fromNumber(2) }, { session });
    await expect(db.command({ ...command }, { session })).rejects.toMatchObject({ code: 225 });
    await session.endSession();
    await client.close();
  });
});

describe('what is left out', () => {
  it.each<[says: string, code: number, run: (db: Db) => Promise<unknown>]>([
    ['an unknown command', 59, (db) => db.command({ nonsense: 1 })],
    ['an unknown field of a command', 40415, (db) => db.command({ find: 'x', nonsense: 1 })],
    ['a filter that is not an object', 14, (db) => db.command({ find: 'x', filter: 1 })],
    ['a command without what it needs', 40414, (db) => db.command({ createIndexes: 'x' })],
    [
      'an update without its filter',
      40414,
      (db) =>
        db
          .command({ update: 'x', updates: [{ u: { $set: { a: 1 } } }] })
          .then((reply) => Promise.reject(Object.assign(new Error(), (reply['writeErrors'] as object[])[0]))),
    ],
  ])('%s is refused', async (_, code, run) => {
    await mongo.db.collection<Doc>('x').updateOne({ _id: 1 }, { $set: { a: 1 } }, { upsert: true });
    await expect(run(mongo.db)).rejects.toMatchObject({ code });
  });

  (isEmbedded ? it.each : it.skip.each)<[names: RegExp, run: (db: Db) => Promise<unknown>]>([
    [/regular expressions/, (db) => db.collection('x').findOne({ a: /x/ })],
    [/\$regex/, (db) => db.collection('x').findOne({ a: { $regex: 'x' } })],
    [/\$where/, (db) => db.collection('x').findOne({ $where: 'true' })],
    [/\$expr/, (db) => db.collection('x').findOne({ $expr: true })],
    [
      /\$lookup/,
      (db) =>
        db
          .collection('x')
          .aggregate([{ $lookup: { from: 'y', as: 'z' } }])
          .toArray(),
    ],
    [/\$changeStream/, (db) => db.collection('x').watch().next()],
    [/\$rename/, (db) => db.collection<Doc>('x').updateOne({}, { $rename: { a: 'b' } })],
    [
      /\$slice/,
      (db) => db.collection<Document>('x').updateOne({}, { $push: { a: { $each: [], $slice: 1 } } } as Document),
    ],
    [
      /partialFilterExpression/,
      (db) => db.collection('x').createIndex({ a: 1 }, { partialFilterExpression: { a: 1 } }),
    ],
    [/expireAfterSeconds/, (db) => db.collection('x').createIndex({ a: 1 }, { expireAfterSeconds: 1 })],
    [/'text'/, (db) => db.collection('x').createIndex({ a: 'text' })],
    [
      /collation/,
      (db) =>
        db
          .collection('x')
          .find({}, { collation: { locale: 'de' } })
          .toArray(),
    ],
    [/capped/, (db) => db.createCollection('capped', { capped: true, size: 1 })],
    [/positions of an array/, (db) => db.collection('x').findOne({ 'a.0': 1 })],
    [/positional|path/, (db) => db.collection<Document>('x').updateOne({}, { $set: { 'a.$[]': 1 } })],
  ])('%s is refused by name', async (names, run) => {
    await expect(run(mongo.db)).rejects.toMatchObject({ code: 115, message: expect.stringMatching(names) as unknown });
  });

  onlyEmbedded('transactions are refused by name', async () => {
    const client = new MongoClient(mongo.url);
    const session = client.startSession();
    session.startTransaction();
    await expect(client.db('x').collection('y').insertOne({}, { session })).rejects.toMatchObject({
      message: expect.stringMatching(/transactions/) as unknown,
    });
    await session.endSession();
    await client.close();
  });
});

describe('long work', () => {
  onlyEmbedded(
    'leaves others their turn',
    async () => {
      const collection = fresh();
      for (let at = 0; at < 40_000; at += 10_000)
        await collection.insertMany(
          Array.from({ length: 10_000 }, (_, i) => ({ _id: at + i, a: i, list: [{ x: i }] })),
        );
      let slowest = 0;
      let longest = 0;
      let working = true;
      const timed = async <T>(work: Promise<T>): Promise<T> => {
        const began = performance.now();
        const done = await work;
        longest = Math.max(longest, performance.now() - began);
        return done;
      };
      const pings = (async () => {
        while (working) {
          const began = performance.now();
          await mongo.db.command({ ping: 1 });
          slowest = Math.max(slowest, performance.now() - began);
        }
      })();
      expect((await timed(collection.find({ 'list.x': { $lt: 0 } }).toArray())).length).toBe(0);
      expect((await timed(collection.find({}, { sort: { a: -1 }, limit: 3 }).toArray())).length).toBe(3);
      expect((await timed(collection.updateMany({ a: { $gte: 7_000 } }, { $set: { b: 1 } }))).modifiedCount).toBe(
        12_000,
      );
      expect((await timed(collection.deleteMany({ b: 1 }))).deletedCount).toBe(12_000);
      working = false;
      await pings;
      expect(await mongo.db.command({ validate: collection.collectionName })).toMatchObject({
        valid: true,
        nrecords: 28_000,
      });
      expect(slowest).toBeLessThan(longest / 2); // who had to wait for the whole work would need as long as it
    },
    60_000,
  );

  it('of a sort without an index ends with error 292 beyond 100 MB, and a limit helps', async () => {
    const collection = fresh();
    const big = 'x'.repeat(8_000_000);
    for (let at = 0; at < 15; at += 5)
      await collection.insertMany(Array.from({ length: 5 }, (_, i) => ({ _id: at + i, a: -at - i, big })));
    const sorted = (limit: number) => collection.find({}, { sort: { a: 1 }, limit, projection: { _id: 1 } });
    await expect(sorted(0).allowDiskUse(false).toArray()).rejects.toMatchObject({ code: 292 });
    expect(await sorted(2).toArray()).toEqual([{ _id: 14 }, { _id: 13 }]);
    await collection.createIndex({ a: 1 });
    expect((await sorted(0).toArray()).length).toBe(15);
  }, 60_000);
});
