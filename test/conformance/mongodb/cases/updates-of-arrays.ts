import { Double, Int32 } from 'bson';
import { type Chapter, chapter, notInManual, refusesUpdate, updates, upserts } from '../case.js';

/** $push, $addToSet, $pull. */
export const updatesOfArrays: Chapter[] = [
  chapter('reference/operator/update/push', [
    updates('$push appends a value', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }),
    updates('$push makes the array', {}, { $push: { a: 1 } }, { a: [1] }),
    updates('$push of an array appends it as one element', { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }),
    updates('$push appends what is there already', { a: [1] }, { $push: { a: 1 } }, { a: [1, 1] }),
    updates('$push of an embedded document', { a: [] }, { $push: { a: { x: 1 } } }, { a: [{ x: 1 }] }),
    updates('$push to two arrays', { a: [1], b: [2] }, { $push: { a: 3, b: 4 } }, { a: [1, 3], b: [2, 4] }),
    updates('$push at a dotted path', { a: { b: [1] } }, { $push: { 'a.b': 2 } }, { a: { b: [1, 2] } }),
    upserts('$push into a document that is made', { _id: 7 }, { $push: { a: 1 } }, { _id: 7, a: [1] }),
    refusesUpdate('$push to a scalar', { a: 1 }, { $push: { a: 1 } }, 2),
    refusesUpdate('$push to null', { a: null }, { $push: { a: 1 } }, 2),
  ]),
  chapter('reference/operator/update/each', [
    updates(
      '$push with $each appends all, in order',
      { a: [3] },
      { $push: { a: { $each: [2, 1, 2] } } },
      { a: [3, 2, 1, 2] },
    ),
    updates('$push with $each makes the array', {}, { $push: { a: { $each: [2, 1] } } }, { a: [2, 1] }),
    notInManual(
      'no values are appended to a new array',
      updates('$push with $each of nothing makes an empty array', {}, { $push: { a: { $each: [] } } }, { a: [] }),
    ),
    updates(
      '$addToSet with $each adds each once',
      { a: [1] },
      { $addToSet: { a: { $each: [1, 2, 2, 3] } } },
      { a: [1, 2, 3] },
    ),
    refusesUpdate('$push with $each of what is no array', { a: [1] }, { $push: { a: { $each: 1 } } }, 2),
    refusesUpdate('$addToSet with $each of what is no array', { a: [1] }, { $addToSet: { a: { $each: 1 } } }, 14),
  ]),
  chapter('reference/operator/update/addToSet', [
    updates('$addToSet adds what is not there', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }),
    updates('$addToSet leaves what is there', { a: [2, 1] }, { $addToSet: { a: 1 } }, { a: [2, 1] }),
    updates('$addToSet makes the array', {}, { $addToSet: { a: 1 } }, { a: [1] }),
    updates(
      '$addToSet of an array adds it as one element',
      { a: ['x'] },
      { $addToSet: { a: ['x', 'y'] } },
      { a: ['x', ['x', 'y']] },
    ),
    updates('$addToSet of an array that is there', { a: [[1, 2]] }, { $addToSet: { a: [1, 2] } }, { a: [[1, 2]] }),
    notInManual(
      'an array is equal in its order',
      updates(
        '$addToSet of an array in another order',
        { a: [[1, 2]] },
        { $addToSet: { a: [2, 1] } },
        {
          a: [
            [1, 2],
            [2, 1],
          ],
        },
      ),
    ),
    updates('$addToSet leaves duplicates that are there', { a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }),
    updates(
      '$addToSet of an equal embedded document',
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { x: 1, y: 2 } } },
      { a: [{ x: 1, y: 2 }] },
    ),
    updates(
      '$addToSet tells embedded documents apart by the order of fields',
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ),
    notInManual(
      'numbers compare by value',
      updates(
        '$addToSet of an equal number of another type',
        { a: [new Int32(1)] },
        { $addToSet: { a: new Double(1) } },
        { a: [new Int32(1)] },
      ),
    ),
    refusesUpdate('$addToSet to a scalar', { a: 1 }, { $addToSet: { a: 1 } }, 2),
  ]),
  chapter('reference/operator/update/pull', [
    updates('$pull removes all equal values', { a: [1, 2, 1, '1'] }, { $pull: { a: 1 } }, { a: [2, '1'] }),
    updates('$pull removes by condition', { a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }),
    updates(
      '$pull removes any of several',
      { a: ['x', 'y', 'z', 'x'] },
      { $pull: { a: { $in: ['x', 'z'] } } },
      { a: ['y'] },
    ),
    updates(
      '$pull removes subdocuments that match as a query',
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 1 },
        ],
      },
      { $pull: { a: { x: 1 } } },
      { a: [{ x: 2, y: 1 }] },
    ),
    updates(
      '$pull of subdocuments does not mind the order of fields',
      { a: [{ x: 1, y: 2 }, { y: 2, x: 1 }, { x: 1 }] },
      { $pull: { a: { y: 2, x: 1 } } },
      { a: [{ x: 1 }] },
    ),
    updates(
      '$pull of subdocuments by conditions on two fields',
      {
        a: [
          { x: 8, y: 'A' },
          { x: 8, y: 'B' },
          { x: 9, y: 'A' },
        ],
      },
      { $pull: { a: { x: 8, y: { $gt: 'A' } } } },
      {
        a: [
          { x: 8, y: 'A' },
          { x: 9, y: 'A' },
        ],
      },
    ),
    updates(
      '$pull with $elemMatch in subdocuments',
      {
        a: [
          {
            b: [
              { q: 1, n: 4 },
              { q: 2, n: 9 },
            ],
          },
          {
            b: [
              { q: 1, n: 8 },
              { q: 2, n: 7 },
            ],
          },
        ],
      },
      { $pull: { a: { b: { $elemMatch: { q: 2, n: { $gte: 8 } } } } } },
      {
        a: [
          {
            b: [
              { q: 1, n: 8 },
              { q: 2, n: 7 },
            ],
          },
        ],
      },
    ),
    updates(
      '$pull of an array needs the same array, in its order',
      { a: [[1, 2], [2, 1], 1] },
      { $pull: { a: [1, 2] } },
      { a: [[2, 1], 1] },
    ),
    updates('$pull at a dotted path', { a: { b: [1, 2] } }, { $pull: { 'a.b': 1 } }, { a: { b: [2] } }),
    updates('$pull of the last element leaves an empty array', { a: [1] }, { $pull: { a: 1 } }, { a: [] }),
    notInManual(
      'there is nothing to remove',
      updates('$pull from a field that is missing does nothing', { b: 1 }, { $pull: { a: 1 } }, { b: 1 }),
    ),
    notInManual(
      'a query on subdocuments',
      updates(
        '$pull of subdocuments leaves scalars',
        { a: [{ x: 1, y: 1 }, { x: 2 }, 1] },
        { $pull: { a: { x: 1 } } },
        { a: [{ x: 2 }, 1] },
      ),
    ),
    refusesUpdate('$pull from a scalar', { a: 1 }, { $pull: { a: 1 } }, 2),
  ]),
];
