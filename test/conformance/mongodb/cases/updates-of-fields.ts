import { Double, Int32, Long } from 'bson';
import { all, type Chapter, chapter, notInManual, refusesUpdate, tells, updates, upserts } from '../case.js';

const day = (n: number) => new Date(n * 86_400_000);

/** $set, $unset, $inc, $min, $max, $setOnInsert, and what holds for all operators. */
export const updatesOfFields: Chapter[] = [
  chapter('reference/operator/update/set', [
    updates('$set replaces the value of a field', { a: 1, b: 2 }, { $set: { a: 3 } }, { a: 3, b: 2 }),
    updates('$set adds a field that is missing', { a: 1 }, { $set: { b: 2 } }, { a: 1, b: 2 }),
    updates('$set of several fields', { a: 1 }, { $set: { a: 2, b: [1], c: { d: 1 } } }, { a: 2, b: [1], c: { d: 1 } }),
    updates('$set makes the embedded documents of a dotted path', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }),
    updates(
      '$set into an embedded document keeps its other fields',
      { a: { x: 1, y: 2 } },
      { $set: { 'a.x': 3 } },
      { a: { x: 3, y: 2 } },
    ),
    updates(
      '$set of an embedded document replaces it whole',
      { a: { x: 1, y: 2 } },
      { $set: { a: { x: 3 } } },
      { a: { x: 3 } },
    ),
    updates(
      '$set takes new fields in the order of their names',
      { z: 1 },
      { $set: { c: 1, a: 1, b: 1 } },
      { z: 1, a: 1, b: 1, c: 1 },
    ),
    updates(
      '$set takes names that are numbers in the order of the numbers',
      { z: 1 },
      { $set: { '10': 1, '9': 1 } },
      { z: 1, '9': 1, '10': 1 },
    ),
    updates('$set of nothing changes nothing', { a: 1 }, { $set: {} }, { a: 1 }),
    updates('$set of null is not $unset', { a: 1 }, { $set: { a: null } }, { a: null }),
    updates('$set takes another type', { a: 'x' }, { $set: { a: { b: [1] } } }, { a: { b: [1] } }),
    notInManual(
      'a different type is a different value',
      updates(
        '$set of an equal number of another type changes the type',
        { a: new Int32(1) },
        { $set: { a: new Double(1) } },
        { a: new Double(1) },
      ),
    ),
    refusesUpdate('$set below a scalar', { a: 1 }, { $set: { 'a.b': 1 } }, 28),
    refusesUpdate('$set of another _id', {}, { $set: { _id: 2 } }, 66),
    refusesUpdate('$set with an empty part of a path', {}, { $set: { 'a.': 1 } }, 56),
  ]),
  chapter('reference/operator/update/unset', [
    updates('$unset removes a field, whatever it is given', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }),
    updates('$unset removes several', { a: 1, b: 2, c: 3 }, { $unset: { a: 1, c: true } }, { b: 2 }),
    updates('$unset of a field that is missing does nothing', { a: 1 }, { $unset: { b: '' } }, { a: 1 }),
    updates(
      '$unset of a field of an embedded document',
      { a: { x: 1, y: 2 } },
      { $unset: { 'a.x': '' } },
      { a: { y: 2 } },
    ),
    updates('$unset of the last field leaves an empty document', { a: { x: 1 } }, { $unset: { 'a.x': '' } }, { a: {} }),
    notInManual(
      'there is no such field',
      updates(
        '$unset below what is missing or a scalar does nothing',
        { a: 1 },
        { $unset: { 'b.c': '', 'a.x': '' } },
        { a: 1 },
      ),
    ),
  ]),
  chapter('reference/operator/update/inc', [
    updates('$inc adds, also what is negative', { a: 1, b: 5 }, { $inc: { a: 2, b: -3 } }, { a: 3, b: 2 }),
    updates('$inc sets a field that is missing', {}, { $inc: { a: 2 } }, { a: 2 }),
    updates(
      '$inc of a field of an embedded document',
      { a: { x: 1, y: 1 } },
      { $inc: { 'a.x': 1 } },
      { a: { x: 2, y: 1 } },
    ),
    notInManual(
      'known of the server',
      updates(
        '$inc of an int by a double is a double',
        { a: new Int32(1) },
        { $inc: { a: new Double(0.5) } },
        { a: new Double(1.5) },
      ),
    ),
    notInManual(
      'known of the server',
      updates(
        '$inc keeps the type where it fits',
        { a: new Int32(1), b: Long.fromNumber(1), c: new Double(1) },
        { $inc: { a: new Int32(1), b: new Int32(1), c: new Int32(1) } },
        { a: new Int32(2), b: Long.fromNumber(2), c: new Double(2) },
      ),
    ),
    notInManual(
      'known of the server',
      updates(
        '$inc of an int beyond 2^31 - 1 is a long',
        { a: new Int32(2_147_483_647) },
        { $inc: { a: new Int32(1) } },
        { a: Long.fromNumber(2_147_483_648) },
      ),
    ),
    refusesUpdate('$inc of null', { a: null }, { $inc: { a: 1 } }, 14),
    refusesUpdate('$inc of a string', { a: 'x' }, { $inc: { a: 1 } }, 14),
    refusesUpdate('$inc by a string', { a: 1 }, { $inc: { a: 'x' } }, 14),
    notInManual(
      'the error is, the number is that of the server',
      refusesUpdate('$inc of a long beyond 2^63 - 1', { a: Long.MAX_VALUE }, { $inc: { a: Long.ONE } }, 2),
    ),
  ]),
  chapter('reference/operator/update/min', [
    updates('$min takes what is less', { a: 5 }, { $min: { a: 3 } }, { a: 3 }),
    updates('$min leaves what is not greater', { a: 5, b: 5 }, { $min: { a: 7, b: 5 } }, { a: 5, b: 5 }),
    updates('$min sets a field that is missing', {}, { $min: { a: 3 } }, { a: 3 }),
    updates('$min of dates', { a: day(2) }, { $min: { a: day(1) } }, { a: day(1) }),
    updates('$min compares types in the order of BSON', { a: 5 }, { $min: { a: null } }, { a: null }),
  ]),
  chapter('reference/operator/update/max', [
    updates('$max takes what is greater', { a: 5 }, { $max: { a: 7 } }, { a: 7 }),
    updates('$max leaves what is not less', { a: 5, b: 5 }, { $max: { a: 3, b: 5 } }, { a: 5, b: 5 }),
    updates('$max sets a field that is missing', {}, { $max: { a: 3 } }, { a: 3 }),
    updates('$max of dates', { a: day(2) }, { $max: { a: day(3) } }, { a: day(3) }),
    updates('$max compares types in the order of BSON', { a: 5 }, { $max: { a: 'x' } }, { a: 'x' }),
    notInManual(
      'an equal value is not greater',
      updates(
        '$max of an equal number keeps the type',
        { a: new Int32(5) },
        { $max: { a: new Double(5) } },
        { a: new Int32(5) },
      ),
    ),
  ]),
  chapter('reference/operator/update/setOnInsert', [
    updates(
      '$setOnInsert does nothing to a document that is there',
      { a: 1 },
      { $setOnInsert: { a: 2 }, $set: { b: 1 } },
      { a: 1, b: 1 },
    ),
    upserts(
      '$setOnInsert sets in a document that is made',
      { _id: 7 },
      { $set: { a: 1 }, $setOnInsert: { b: 2 } },
      { _id: 7, a: 1, b: 2 },
    ),
    upserts('$setOnInsert alone', { _id: 7 }, { $setOnInsert: { 'a.b': 2 } }, { _id: 7, a: { b: 2 } }),
  ]),
  chapter('reference/operator/update', [
    updates(
      'several operators together',
      { a: 1, b: 2, c: [1] },
      { $inc: { a: 1 }, $unset: { b: '' }, $push: { c: 2 }, $set: { d: 4 } },
      { a: 2, c: [1, 2], d: 4 },
    ),
    updates('an empty operator does nothing', { a: 1 }, { $inc: {}, $unset: {}, $set: { b: 1 } }, { a: 1, b: 1 }),
    refusesUpdate('two operators on one path', { a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40),
    refusesUpdate('two operators on a path and its parent', {}, { $set: { 'a.b': 1 }, $inc: { a: 1 } }, 40),
    refusesUpdate('an unknown operator', {}, { $foo: { a: 1 } }, 9),
    refusesUpdate('an operator of what is no object', {}, { $set: 1 }, 9),
    tells(
      'what cannot be updated stays as it is',
      [{ a: 1, b: 'x' }],
      async (c) => {
        await c.updateOne({}, { $set: { a: 2 }, $inc: { b: 1 } }).catch(() => undefined);
        return all(c);
      },
      [{ _id: 0, a: 1, b: 'x' }],
    ),
  ]),
];
