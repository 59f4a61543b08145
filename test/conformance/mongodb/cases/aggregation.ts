import { Double, Int32, Long } from 'bson';
import { aggregates, type Chapter, chapter, notInManual, refuses } from '../case.js';

const rows = [
  { s: 'a', n: 1, tags: ['x', 'y'] },
  { s: 'b', n: 2.5, tags: [] },
  { s: 'a', n: 4, tags: ['x'] },
  { n: null, tags: 'z' },
];
const ids = (...list: number[]) => list.map((_id) => ({ _id }));
const onlyIds = { $project: { _id: 1 } };
const group = (fields: object) => [{ $group: { _id: null, ...fields } }];

/** The stages $match, $sort, $skip, $limit, $project, $unwind, $count, $sortByCount and $group. */
export const aggregation: Chapter[] = [
  chapter('reference/operator/aggregation/match', [
    aggregates('$match filters as find', rows, [{ $match: { n: { $gt: 1 } } }, onlyIds], ids(1, 2)),
    aggregates('$match of nothing passes all', rows, [{ $match: {} }, onlyIds], ids(0, 1, 2, 3)),
    aggregates('two $match', rows, [{ $match: { s: 'a' } }, { $match: { tags: 'y' } }, onlyIds], ids(0)),
    aggregates(
      '$match of what a $group made',
      rows,
      [{ $group: { _id: '$s', n: { $sum: 1 } } }, { $match: { n: 2 } }],
      [{ _id: 'a', n: 2 }],
    ),
  ]),
  chapter('reference/operator/aggregation/sort', [
    aggregates('$sort', rows, [{ $sort: { n: -1 } }, onlyIds], ids(2, 1, 0, 3)),
    aggregates('$sort by two fields', rows, [{ $sort: { s: 1, n: -1 } }, onlyIds], ids(3, 2, 0, 1)),
    aggregates(
      '$sort after $limit sorts what is left',
      rows,
      [{ $sort: { _id: 1 } }, { $limit: 2 }, { $sort: { n: -1 } }, onlyIds],
      ids(1, 0),
    ),
    refuses('$sort in another direction', rows, (c) => c.aggregate([{ $sort: { a: 2 } }]).toArray(), 15975),
  ]),
  chapter('reference/operator/aggregation/skip', [
    aggregates('$skip', rows, [{ $sort: { _id: 1 } }, { $skip: 3 }, onlyIds], ids(3)),
    aggregates('$skip of more than there are', rows, [{ $skip: 9 }], []),
    aggregates(
      '$skip and $limit in the order written',
      rows,
      [{ $sort: { _id: -1 } }, { $limit: 3 }, { $skip: 1 }, onlyIds],
      ids(2, 1),
    ),
    aggregates('$limit after $skip', rows, [{ $sort: { _id: -1 } }, { $skip: 1 }, { $limit: 2 }, onlyIds], ids(2, 1)),
    refuses('a negative $skip', rows, (c) => c.aggregate([{ $skip: -1 }]).toArray(), 5107200),
  ]),
  chapter('reference/operator/aggregation/limit', [
    aggregates('$limit', rows, [{ $sort: { _id: 1 } }, { $limit: 2 }, onlyIds], ids(0, 1)),
    refuses('$limit 0', rows, (c) => c.aggregate([{ $limit: 0 }]).toArray(), 15958),
  ]),
  chapter('reference/operator/aggregation/project', [
    aggregates('$project includes, with _id', rows.slice(0, 1), [{ $project: { s: 1 } }], [{ _id: 0, s: 'a' }]),
    aggregates('$project without _id', rows.slice(0, 1), [{ $project: { s: 1, _id: 0 } }], [{ s: 'a' }]),
    aggregates('$project excludes', rows.slice(0, 1), [{ $project: { tags: 0 } }], [{ _id: 0, s: 'a', n: 1 }]),
    aggregates(
      '$project of a field of an embedded document',
      [{ a: { b: 1, c: 2 }, d: 3 }],
      [{ $project: { 'a.b': 1 } }],
      [{ _id: 0, a: { b: 1 } }],
    ),
    refuses('$project of nothing', rows, (c) => c.aggregate([{ $project: {} }]).toArray(), 51272),
    refuses(
      '$project includes and excludes',
      rows,
      (c) => c.aggregate([{ $project: { a: 1, b: 0 } }]).toArray(),
      31254,
    ),
  ]),
  chapter('reference/operator/aggregation/unwind', [
    aggregates(
      '$unwind gives a document for each element',
      [{ a: [1, 2], b: 5 }],
      [{ $unwind: '$a' }],
      [
        { _id: 0, a: 1, b: 5 },
        { _id: 0, a: 2, b: 5 },
      ],
    ),
    aggregates(
      '$unwind takes what is no array as one element',
      [{ a: 'z' }, { a: { x: 1 } }],
      [{ $unwind: '$a' }],
      [
        { _id: 0, a: 'z' },
        { _id: 1, a: { x: 1 } },
      ],
    ),
    aggregates(
      '$unwind gives nothing of null, of an empty array, of a missing field',
      [{ a: null }, { a: [] }, {}],
      [{ $unwind: '$a' }],
      [],
    ),
    aggregates('$unwind with a path', [{ a: [1] }], [{ $unwind: { path: '$a' } }], [{ _id: 0, a: 1 }]),
    aggregates(
      '$unwind of a field of an embedded document',
      [{ a: { b: [1, 2], c: 3 } }],
      [{ $unwind: '$a.b' }],
      [
        { _id: 0, a: { b: 1, c: 3 } },
        { _id: 0, a: { b: 2, c: 3 } },
      ],
    ),
    aggregates(
      '$unwind of an array in an array',
      [{ a: [{ b: [1, 2] }, { b: [3] }] }],
      [{ $unwind: '$a' }, { $unwind: '$a.b' }],
      [
        { _id: 0, a: { b: 1 } },
        { _id: 0, a: { b: 2 } },
        { _id: 0, a: { b: 3 } },
      ],
    ),
    notInManual(
      'null is an element',
      aggregates(
        '$unwind keeps elements that are null',
        [{ a: [null, 1] }],
        [{ $unwind: '$a' }],
        [
          { _id: 0, a: null },
          { _id: 0, a: 1 },
        ],
      ),
    ),
    notInManual(
      'one level is taken away',
      aggregates(
        '$unwind of arrays in an array',
        [{ a: [[1, 2], []] }],
        [{ $unwind: '$a' }],
        [
          { _id: 0, a: [1, 2] },
          { _id: 0, a: [] },
        ],
      ),
    ),
    refuses('$unwind of a path without $', rows, (c) => c.aggregate([{ $unwind: 'a' }]).toArray(), 28818),
  ]),
  chapter('reference/operator/aggregation/count', [
    aggregates('$count', rows, [{ $match: { s: 'a' } }, { $count: 'n' }], [{ n: 2 }]),
    aggregates('$count of nothing is no document', rows, [{ $match: { s: 'q' } }, { $count: 'n' }], []),
    aggregates('$count after $unwind', rows, [{ $unwind: '$tags' }, { $count: 'n' }], [{ n: 4 }]),
    refuses('$count with an empty name', rows, (c) => c.aggregate([{ $count: '' }]).toArray(), 40156),
    refuses('$count with a name that begins with $', rows, (c) => c.aggregate([{ $count: '$n' }]).toArray(), 40158),
    refuses('$count with a name with a dot', rows, (c) => c.aggregate([{ $count: 'a.n' }]).toArray(), 40160),
  ]),
  chapter('reference/operator/aggregation/sortByCount', [
    aggregates(
      '$sortByCount, most first',
      [{ a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, { a: 1 }, { a: 3 }],
      [{ $sortByCount: '$a' }],
      [
        { _id: 2, count: 3 },
        { _id: 1, count: 2 },
        { _id: 3, count: 1 },
      ],
    ),
    aggregates(
      '$sortByCount of elements',
      rows,
      [{ $unwind: '$tags' }, { $match: { tags: { $ne: 'z' } } }, { $sortByCount: '$tags' }],
      [
        { _id: 'x', count: 2 },
        { _id: 'y', count: 1 },
      ],
    ),
    aggregates('$sortByCount of nothing', [], [{ $sortByCount: '$a' }], []),
  ]),
  chapter('reference/operator/aggregation/group', [
    aggregates(
      '$group by a field',
      rows,
      [{ $group: { _id: '$s' } }, { $sort: { _id: -1 } }],
      [{ _id: 'b' }, { _id: 'a' }, { _id: null }],
    ),
    aggregates('$group of all by null', rows, group({ n: { $sum: 1 } }), [{ _id: null, n: 4 }]),
    aggregates('$group of all by another constant', rows, [{ $group: { _id: 1, n: { $sum: 1 } } }], [{ _id: 1, n: 4 }]),
    aggregates('$group of nothing is no document', [], group({ n: { $sum: 1 } }), []),
    aggregates(
      '$group by two fields',
      [
        { a: 1, b: 'x' },
        { a: 1, b: 'x' },
        { a: 1, b: 'y' },
      ],
      [{ $group: { _id: { a: '$a', b: '$b' }, n: { $sum: 1 } } }, { $sort: { n: -1 } }],
      [
        { _id: { a: 1, b: 'x' }, n: 2 },
        { _id: { a: 1, b: 'y' }, n: 1 },
      ],
    ),
    aggregates(
      '$group by a field of an embedded document',
      [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }],
      [{ $group: { _id: '$a.b', n: { $sum: 1 } } }],
      [{ _id: 1, n: 2 }],
    ),
    notInManual(
      'embedded documents are equal in the order of their fields',
      aggregates(
        '$group tells embedded documents apart by the order of fields',
        [{ a: { x: 1, y: 1 } }, { a: { y: 1, x: 1 } }],
        [{ $group: { _id: '$a', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
        [
          { _id: { x: 1, y: 1 }, n: 1 },
          { _id: { y: 1, x: 1 }, n: 1 },
        ],
      ),
    ),
    notInManual(
      'numbers compare by value',
      aggregates(
        '$group takes numbers by value',
        [{ a: new Int32(1) }, { a: Long.ONE }, { a: new Double(1) }],
        [{ $group: { _id: '$a', n: { $sum: 1 } } }, { $project: { _id: 0 } }],
        [{ n: 3 }],
      ),
    ),
    notInManual(
      'null and missing are one group',
      aggregates(
        '$group takes a missing field as null',
        [{ a: null }, {}],
        [{ $group: { _id: '$a', n: { $sum: 1 } } }],
        [{ _id: null, n: 2 }],
      ),
    ),
    refuses('$group without _id', rows, (c) => c.aggregate([{ $group: { n: { $sum: 1 } } }]).toArray(), 15955),
    refuses(
      '$group with a field that accumulates nothing',
      rows,
      (c) => c.aggregate([{ $group: { _id: null, n: '$n' } }]).toArray(),
      40234,
    ),
  ]),
  chapter('reference/operator/aggregation/sum', [
    aggregates(
      '$sum passes over what is no number, and over missing fields',
      [{ a: 1 }, { a: 'x' }, {}, { a: null }, { a: 2 }],
      group({ n: { $sum: '$a' } }),
      [{ _id: null, n: 3 }],
    ),
    aggregates('$sum of no number is 0', [{ a: 'x' }, {}], group({ n: { $sum: '$a' } }), [{ _id: null, n: 0 }]),
    aggregates('$sum in $group takes an array for no number', [{ a: [1, 2] }, { a: 5 }], group({ n: { $sum: '$a' } }), [
      { _id: null, n: 5 },
    ]),
    aggregates('$sum of a constant', [{}, {}, {}], group({ n: { $sum: 2 } }), [{ _id: null, n: 6 }]),
    notInManual(
      'known of the server',
      aggregates(
        '$sum with a double is a double',
        [{ a: new Int32(1) }, { a: new Double(2) }],
        group({ n: { $sum: '$a' } }),
        [{ _id: null, n: new Double(3) }],
      ),
    ),
    notInManual(
      'known of the server',
      aggregates(
        '$sum of ints beyond 2^31 - 1 is a long',
        [{ a: new Int32(2_147_483_647) }, { a: new Int32(1) }],
        group({ n: { $sum: '$a' } }),
        [{ _id: null, n: Long.fromNumber(2_147_483_648) }],
      ),
    ),
  ]),
  chapter('reference/operator/aggregation/first', [
    aggregates(
      '$first in the order of the documents',
      rows,
      [{ $sort: { _id: -1 } }, { $group: { _id: null, first: { $first: '$n' } } }],
      [{ _id: null, first: null }],
    ),
    aggregates(
      '$first of each group',
      rows,
      [{ $sort: { n: -1 } }, { $group: { _id: '$s', first: { $first: '$n' } } }, { $sort: { _id: 1 } }],
      [
        { _id: null, first: null },
        { _id: 'a', first: 4 },
        { _id: 'b', first: 2.5 },
      ],
    ),
    aggregates(
      '$first of a missing field is null',
      [{}, { a: 1 }],
      [{ $sort: { _id: 1 } }, { $group: { _id: null, first: { $first: '$a' } } }],
      [{ _id: null, first: null }],
    ),
  ]),
  chapter('reference/operator/aggregation/min', [
    aggregates(
      '$min passes over null and missing',
      [{ a: null }, {}, { a: 2 }, { a: 1 }],
      group({ least: { $min: '$a' } }),
      [{ _id: null, least: 1 }],
    ),
    aggregates('$min of nothing but null is null', [{ a: null }, {}], group({ least: { $min: '$a' } }), [
      { _id: null, least: null },
    ]),
    aggregates('$min compares types in the order of BSON', [{ a: 'x' }, { a: 5 }], group({ least: { $min: '$a' } }), [
      { _id: null, least: 5 },
    ]),
    aggregates(
      '$min in $group compares arrays whole',
      [{ a: [5, 0] }, { a: [3, 9] }],
      group({ least: { $min: '$a' } }),
      [{ _id: null, least: [3, 9] }],
    ),
  ]),
  chapter('reference/operator/aggregation/max', [
    aggregates(
      '$max passes over null and missing',
      [{ a: null }, {}, { a: 2 }, { a: 1 }],
      group({ most: { $max: '$a' } }),
      [{ _id: null, most: 2 }],
    ),
    aggregates('$max compares types in the order of BSON', [{ a: 'x' }, { a: 5 }], group({ most: { $max: '$a' } }), [
      { _id: null, most: 'x' },
    ]),
    aggregates(
      '$max in $group compares arrays whole, and takes them for more than a number',
      [{ a: [1, 9] }, { a: [2] }, { a: 50 }],
      group({ most: { $max: '$a' } }),
      [{ _id: null, most: [2] }],
    ),
  ]),
  chapter('reference/command/aggregate', [
    aggregates('an empty pipeline answers all', [{ a: 1 }], [], [{ _id: 0, a: 1 }]),
    refuses('an unknown stage', [{}], (c) => c.aggregate([{ $foo: {} }]).toArray(), 40324),
    refuses('a stage of two', [{}], (c) => c.aggregate([{ $match: {}, $limit: 1 }]).toArray(), 40323),
  ]),
];
