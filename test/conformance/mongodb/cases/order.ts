import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { type Chapter, chapter, notInManual, refuses, sorts, tells } from '../case.js';

const types = [
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
const ten = Array.from({ length: 10 }, (_, n) => ({ a: n % 5, n }));

/** sort, skip and limit. */
export const order: Chapter[] = [
  chapter('reference/bson-type-comparison-order', [
    sorts(
      'the types have an order',
      types.map((a) => ({ a })).reverse(),
      { a: 1 },
      types.map((_, i) => types.length - 1 - i),
    ),
    sorts(
      'and the opposite order downwards',
      types.map((a) => ({ a })),
      { a: -1 },
      types.map((_, i) => types.length - 1 - i),
    ),
    sorts(
      'numbers by value',
      [{ a: new Double(1.5) }, { a: new Int32(1) }, { a: Long.fromNumber(2) }, { a: -Infinity }],
      { a: 1 },
      [3, 1, 0, 2],
    ),
    notInManual(
      'known of the server',
      sorts('NaN before all numbers', [{ a: 1 }, { a: NaN }, { a: -Infinity }], { a: 1 }, [1, 2, 0]),
    ),
    sorts(
      'strings by their bytes',
      [{ a: 'b' }, { a: 'B' }, { a: 'é' }, { a: '' }, { a: 'ba' }],
      { a: 1 },
      [3, 1, 0, 4, 2],
    ),
    sorts('an array by its least element upwards', [{ a: [5, 1] }, { a: 2 }, { a: [3, 0] }], { a: 1 }, [2, 0, 1]),
    sorts('an array by its greatest element downwards', [{ a: [5, 1] }, { a: 2 }, { a: [3, 0] }], { a: -1 }, [0, 2, 1]),
    sorts('a missing field as null', [{ a: 1 }, {}, { a: new MinKey() }, { a: 0 }], { a: 1 }, [2, 1, 3, 0]),
    sorts('an empty array before null', [{ a: null }, { a: [] }, { a: 1 }], { a: 1 }, [1, 0, 2]),
    sorts(
      'embedded documents by the type, the name, then the value of each field',
      [{ a: { x: 'a' } }, { a: { y: 0 } }, { a: { x: 2 } }, { a: { x: 1, y: 0 } }, { a: { x: 1 } }],
      { a: 1 },
      [4, 3, 2, 1, 0],
    ),
    notInManual(
      'the end of a document is before any field',
      sorts('an empty embedded document first', [{ a: { x: new MinKey() } }, { a: {} }], { a: 1 }, [1, 0]),
    ),
    sorts(
      'dates by time, before 1970 too',
      [{ a: new Date(1) }, { a: new Date(-1) }, { a: new Date(0) }],
      { a: 1 },
      [1, 2, 0],
    ),
  ]),
  chapter('reference/method/cursor.sort', [
    sorts(
      'several fields with directions',
      [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
        { a: 0, b: 3 },
      ],
      { a: 1, b: -1 },
      [2, 1, 0],
    ),
    sorts('by a field of an embedded document', [{ a: { b: 2 } }, { a: { b: 1 } }, { a: {} }], { 'a.b': 1 }, [2, 1, 0]),
    notInManual(
      'a dotted path goes through arrays',
      sorts(
        'by a field of an array of subdocuments, its least',
        [{ a: [{ b: 5 }, { b: 2 }] }, { a: [{ b: 3 }] }, { a: [{ b: 9 }, { b: 1 }] }],
        { 'a.b': 1 },
        [2, 0, 1],
      ),
    ),
    tells(
      'with skip and limit gives a stretch of the order',
      ten,
      async (c) =>
        (await c.find({}, { sort: { a: 1, n: -1 }, skip: 1, limit: 3 }).toArray()).map(({ n }) => n as number),
      [0, 6, 1],
    ),
    tells(
      'of fewer than are skipped gives nothing',
      ten,
      (c) => c.find({}, { sort: { n: 1 }, skip: 10 }).toArray(),
      [],
    ),
    tells(
      'with a filter of its own',
      ten,
      async (c) => (await c.find({ a: { $gte: 3 } }, { sort: { n: -1 } }).toArray()).map(({ n }) => n as number),
      [9, 8, 4, 3],
    ),
  ]),
  chapter('reference/method/cursor.limit', [
    tells('0 is no limit', ten, async (c) => (await c.find({}, { limit: 0 }).toArray()).length, 10),
    tells(
      'a limit that is greater gives all',
      ten,
      async (c) => (await c.find({}, { limit: 50 }).toArray()).length,
      10,
    ),
    tells(
      'a negative limit gives so many in one batch',
      ten,
      async (c) => (await c.find({}, { limit: -3 }).toArray()).length,
      3,
    ),
    refuses('a negative skip', [{}], (c) => c.find({}, { skip: -1 }).toArray(), 51024),
  ]),
  chapter('tutorial/iterate-a-cursor', [
    tells(
      'batches of any size give each document once',
      ten,
      async (c) => {
        const sizes = [1, 2, 3, 10, 11];
        return Promise.all(
          sizes.map(
            async (batchSize) => new Set((await c.find({}, { batchSize }).toArray()).map(({ _id }) => _id)).size,
          ),
        );
      },
      [10, 10, 10, 10, 10],
    ),
  ]),
];
