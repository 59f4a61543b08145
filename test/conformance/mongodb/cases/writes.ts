import { Double, Int32, Long, ObjectId } from 'mongodb';
import { all, type Asked, type Chapter, chapter, type Filter, notInManual, refuses, tells, upserts } from '../case.js';

const three = [{ a: 1 }, { a: 2 }, { a: 2 }];
const replace = (c: Asked, filter: Filter, by: object, upsert = false) => c.replaceOne(filter, by, { upsert });
const told = ({
  matchedCount,
  modifiedCount,
  upsertedCount,
}: Record<'matchedCount' | 'modifiedCount' | 'upsertedCount', number>) => [matchedCount, modifiedCount, upsertedCount];

/** insert, update, delete and findAndModify as commands. */
export const writes: Chapter[] = [
  chapter('reference/command/insert', [
    tells(
      'a document without _id is given an ObjectId, as the first field',
      [],
      async (c) => {
        await c.insertOne({ a: 1 } as never, { forceServerObjectId: true });
        const found = (await c.findOne())!;
        return [Object.keys(found), (found._id as unknown) instanceof ObjectId];
      },
      [['_id', 'a'], true],
    ),
    tells(
      'ordered inserts end with the first failure',
      [{}],
      async (c) => {
        await c.insertMany([{ _id: 1 }, { _id: 0 }, { _id: 2 }]).catch(() => undefined);
        return all(c);
      },
      [{ _id: 0 }, { _id: 1 }],
    ),
    tells(
      'unordered inserts go on after a failure',
      [{}],
      async (c) => {
        await c.insertMany([{ _id: 1 }, { _id: 0 }, { _id: 2 }], { ordered: false }).catch(() => undefined);
        return all(c);
      },
      [{ _id: 0 }, { _id: 1 }, { _id: 2 }],
    ),
    tells('types and the order of fields are kept', [{ z: new Int32(1), a: new Double(1), m: Long.ONE }], all, [
      { _id: 0, z: new Int32(1), a: new Double(1), m: Long.ONE },
    ]),
    refuses('an _id that is there', [{}], (c) => c.insertOne({ _id: 0 }), 11000),
    refuses('an array as _id', [], (c) => c.insertOne({ _id: [1] as unknown as number }), 53),
    notInManual(
      '_id is unique, and numbers compare by value',
      refuses(
        'an _id that another type of number has',
        [{ _id: 1 }],
        (c) => c.insertOne({ _id: Long.ONE as unknown as number }),
        11000,
      ),
    ),
  ]),
  chapter('reference/command/update', [
    tells(
      'an update of one changes one',
      three,
      async (c) => [told(await c.updateOne({ a: 2 }, { $set: { a: 3 } })), await c.countDocuments({ a: 3 })],
      [[1, 1, 0], 1],
    ),
    tells(
      'an update of many changes all that match',
      three,
      async (c) => [told(await c.updateMany({ a: 2 }, { $set: { a: 3 } })), await c.countDocuments({ a: 3 })],
      [[2, 2, 0], 2],
    ),
    tells(
      'matched and modified differ where a document is so already',
      three,
      async (c) => told(await c.updateMany({}, { $set: { a: 2 } })),
      [3, 1, 0],
    ),
    tells(
      'an update without a match changes nothing',
      three,
      async (c) => [told(await c.updateOne({ a: 9 }, { $set: { a: 1 } })), (await all(c)).length],
      [[0, 0, 0], 3],
    ),
    tells(
      'a replacement leaves only _id',
      [{ a: 1, b: 2 }],
      async (c) => [told(await replace(c, { _id: 0 }, { c: 3 })), await all(c)],
      [[1, 1, 0], [{ _id: 0, c: 3 }]],
    ),
    tells(
      'a replacement by the same is no modification',
      [{ a: 1 }],
      async (c) => told(await replace(c, { _id: 0 }, { a: 1 })),
      [1, 0, 0],
    ),
    tells(
      'statements of a command see what those before them did',
      [{ a: 1 }],
      async (c) => {
        await c.bulkWrite([
          { updateOne: { filter: { a: 1 }, update: { $inc: { a: 1 } } } },
          { updateOne: { filter: { a: 2 }, update: { $set: { b: 1 } } } },
        ]);
        return all(c);
      },
      [{ _id: 0, a: 2, b: 1 }],
    ),
    refuses('a replacement with another _id', [{}], (c) => replace(c, { _id: 0 }, { _id: 5, a: 1 }), 66),
    tells(
      'ordered updates end with the first failure',
      [{ a: 'x' }, { a: 1 }],
      async (c) => {
        await c
          .bulkWrite([0, 1].map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { a: 1 } } } })))
          .catch(() => undefined);
        return all(c);
      },
      [
        { _id: 0, a: 'x' },
        { _id: 1, a: 1 },
      ],
    ),
    tells(
      'unordered updates go on after a failure',
      [{ a: 'x' }, { a: 1 }],
      async (c) => {
        await c
          .bulkWrite(
            [0, 1].map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { a: 1 } } } })),
            { ordered: false },
          )
          .catch(() => undefined);
        return all(c);
      },
      [
        { _id: 0, a: 'x' },
        { _id: 1, a: 2 },
      ],
    ),
  ]),
  chapter('reference/method/db.collection.updateOne', [
    upserts(
      'an upsert takes the equalities of the filter, and then the operators',
      { _id: 7, a: 1, b: { $eq: 2 } },
      { $set: { c: 3 } },
      { _id: 7, a: 1, b: 2, c: 3 },
    ),
    upserts(
      'an upsert takes nothing of other comparisons',
      { _id: 7, a: { $gt: 3 }, b: { $in: [1, 2] } },
      { $set: { c: 3 } },
      { _id: 7, c: 3 },
    ),
    upserts(
      'an upsert takes the equalities of $and',
      { $and: [{ _id: 7 }, { a: 1 }] },
      { $set: { c: 3 } },
      { _id: 7, a: 1, c: 3 },
    ),
    upserts(
      'an upsert makes embedded documents of dotted equalities',
      { _id: 7, 'a.b': 1, 'a.c': 2 },
      { $set: { 'a.d': 3 } },
      { _id: 7, a: { b: 1, c: 2, d: 3 } },
    ),
    upserts('an upsert increments what the filter gives', { _id: 7, a: 1 }, { $inc: { a: 2 } }, { _id: 7, a: 3 }),
    tells(
      'an upsert tells the _id that it made',
      [],
      async (c) => {
        const { upsertedId, upsertedCount, matchedCount } = await c.updateOne(
          { a: 1 },
          { $set: { b: 1 } },
          { upsert: true },
        );
        return [(upsertedId as unknown) instanceof ObjectId, upsertedCount, matchedCount];
      },
      [true, 1, 0],
    ),
    tells(
      'an upsert that matches updates',
      three,
      async (c) => told(await c.updateOne({ a: 1 }, { $set: { b: 1 } }, { upsert: true })),
      [1, 1, 0],
    ),
  ]),
  chapter('reference/method/db.collection.replaceOne', [
    tells(
      'a replacement that upserts takes only _id from the filter',
      [],
      async (c) => {
        await replace(c, { _id: 7, a: 1 }, { b: 2 }, true);
        return all(c);
      },
      [{ _id: 7, b: 2 }],
    ),
    tells(
      'a guarded replacement changes only what is older',
      [{ p: 5 }, { p: 7 }],
      async (c) => {
        const { modifiedCount } = await c.bulkWrite(
          [0, 1, 2].map((_id) => ({ replaceOne: { filter: { _id, p: { $lt: 6 } }, replacement: { p: 6 } } })),
          { ordered: false },
        );
        return [modifiedCount, await all(c)];
      },
      [
        1,
        [
          { _id: 0, p: 6 },
          { _id: 1, p: 7 },
        ],
      ],
    ),
    refuses(
      'a guarded upsert that comes late has a key that is there',
      [{ p: 9 }],
      (c) => replace(c, { _id: 0, p: { $lt: 6 } }, { p: 6 }, true),
      11000,
    ),
  ]),
  chapter('reference/command/delete', [
    tells(
      'a delete of one takes one',
      three,
      async (c) => [(await c.deleteOne({ a: 2 })).deletedCount, await c.countDocuments()],
      [1, 2],
    ),
    tells(
      'a delete of many takes all that match',
      three,
      async (c) => [(await c.deleteMany({ a: 2 })).deletedCount, await all(c)],
      [2, [{ _id: 0, a: 1 }]],
    ),
    tells(
      'a delete with an empty filter takes all',
      three,
      async (c) => [(await c.deleteMany({})).deletedCount, await all(c)],
      [3, []],
    ),
    tells(
      'a delete without a match takes nothing',
      three,
      async (c) => [(await c.deleteMany({ a: 9 })).deletedCount, await c.countDocuments()],
      [0, 3],
    ),
  ]),
  chapter('reference/command/findAndModify', [
    tells(
      'answers the document as it was',
      three,
      async (c) => [await c.findOneAndUpdate({ a: 1 }, { $inc: { a: 5 } }), await c.findOne({ a: 6 })],
      [
        { _id: 0, a: 1 },
        { _id: 0, a: 6 },
      ],
    ),
    tells(
      'answers the document as it is',
      three,
      (c) => c.findOneAndUpdate({ a: 1 }, { $inc: { a: 5 } }, { returnDocument: 'after' }),
      { _id: 0, a: 6 },
    ),
    tells(
      'takes the first in a sort',
      three,
      (c) => c.findOneAndUpdate({}, { $set: { b: 1 } }, { sort: { a: -1, _id: -1 } }),
      { _id: 2, a: 2 },
    ),
    tells(
      'answers fields of a projection',
      three,
      (c) => c.findOneAndUpdate({ a: 1 }, { $set: { b: 1 } }, { projection: { _id: 0 }, returnDocument: 'after' }),
      { a: 1, b: 1 },
    ),
    tells('answers null where nothing matches', three, (c) => c.findOneAndUpdate({ a: 9 }, { $set: { b: 1 } }), null),
    tells(
      'that upserts answers null for what was',
      [],
      async (c) => [await c.findOneAndUpdate({ _id: 7 }, { $set: { a: 1 } }, { upsert: true }), await all(c)],
      [null, [{ _id: 7, a: 1 }]],
    ),
    tells(
      'that upserts answers what is',
      [],
      (c) => c.findOneAndUpdate({ _id: 7 }, { $set: { a: 1 } }, { upsert: true, returnDocument: 'after' }),
      { _id: 7, a: 1 },
    ),
    tells('replaces', three, (c) => c.findOneAndReplace({ a: 1 }, { b: 1 }, { returnDocument: 'after' }), {
      _id: 0,
      b: 1,
    }),
    tells(
      'removes, and answers what it was',
      three,
      async (c) => [await c.findOneAndDelete({ a: 1 }), await c.countDocuments()],
      [{ _id: 0, a: 1 }, 2],
    ),
  ]),
];
