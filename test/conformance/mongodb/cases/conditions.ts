import { type Chapter, chapter, type Filter, finds, notInManual, refuses } from '../case.js';

const two = [
  { a: 1, b: 1 },
  { a: 1, b: 2 },
  { a: 2, b: 3 },
];

/** $and, $or, $nor, $not, $exists. */
export const conditions: Chapter[] = [
  chapter('tutorial/query-documents', [
    finds('an empty filter finds all', [{}, { a: 1 }], {}, [0, 1]),
    finds('several fields are all needed', two, { a: 1, b: 2 }, [1]),
    finds(
      'several operators on a field are all needed',
      [{ a: 1 }, { a: 2 }, { a: 3 }],
      { a: { $gt: 1, $lt: 3 } },
      [1],
    ),
    finds('a field and an $or', two, { a: 1, $or: [{ b: 1 }, { b: 3 }] }, [0]),
  ]),
  chapter('reference/operator/query/and', [
    finds('$and needs every filter', two, { $and: [{ a: 1 }, { b: { $gt: 1 } }] }, [1]),
    finds(
      '$and may ask of one field twice',
      [{ a: 1 }, { a: 2 }, {}],
      { $and: [{ a: { $ne: 1 } }, { a: { $exists: true } }] },
      [1],
    ),
    finds('$and of two $or', two, { $and: [{ $or: [{ a: 1 }, { a: 9 }] }, { $or: [{ b: 2 }, { b: 3 }] }] }, [1]),
    refuses('$and of nothing', [{}], (c) => c.findOne({ $and: [] }), 2),
    refuses('$and that is no array', [{}], (c) => c.findOne({ $and: { a: 1 } } as unknown as Filter), 2),
  ]),
  chapter('reference/operator/query/or', [
    finds('$or needs one filter', two, { $or: [{ b: 1 }, { a: 2 }] }, [0, 2]),
    finds('$or finds a document once that meets both', two, { $or: [{ a: 1 }, { b: 1 }] }, [0, 1]),
    finds('$or of one filter is that filter', two, { $or: [{ a: 2 }] }, [2]),
    finds('$or within $or', two, { $or: [{ $or: [{ b: 1 }, { b: 2 }] }, { b: 3 }] }, [0, 1, 2]),
    refuses('$or of nothing', [{}], (c) => c.findOne({ $or: [] }), 2),
    refuses('an $or of what is no filter', [{}], (c) => c.findOne({ $or: [1] } as unknown as Filter), 2),
  ]),
  chapter('reference/operator/query/nor', [
    finds('$nor finds what meets none', two, { $nor: [{ b: 1 }, { a: 2 }] }, [1]),
    finds('$nor finds documents without the fields', [{ a: 1 }, { b: 1 }, {}], { $nor: [{ a: 1 }, { b: 1 }] }, [2]),
    finds('$nor with $exists', [{ a: 1 }, { a: 2 }, {}], { $nor: [{ a: 1 }, { a: { $exists: false } }] }, [1]),
    finds('$or, $and and $nor nest', two, { $or: [{ $and: [{ a: 1 }, { b: 1 }] }, { $nor: [{ a: 1 }] }] }, [0, 2]),
  ]),
  chapter('reference/operator/query/not', [
    finds(
      '$not finds what the condition does not, missing too',
      [{ a: 1 }, { a: 5 }, {}, { a: 'x' }],
      { a: { $not: { $gt: 3 } } },
      [0, 2, 3],
    ),
    finds(
      '$not $lte differs from $gt where there is no field',
      [{ a: 1 }, { a: 5 }, {}],
      { a: { $not: { $lte: 3 } } },
      [1, 2],
    ),
    notInManual(
      'the conditions of one field are all needed, and $not is about the whole',
      finds(
        '$not with two conditions negates both together',
        [{ a: 1 }, { a: 5 }, { a: 9 }],
        { a: { $not: { $gt: 3, $lt: 7 } } },
        [0, 2],
      ),
    ),
    notInManual(
      '$not of a condition that an element meets',
      finds(
        '$not of a condition on an array',
        [{ a: [1, 9] }, { a: [1] }, { a: [] }],
        { a: { $not: { $gt: 5 } } },
        [1, 2],
      ),
    ),
    notInManual(
      '$not of $elemMatch',
      finds(
        '$not of $elemMatch',
        [{ a: [1, 9] }, { a: [5] }, { a: 5 }],
        { a: { $not: { $elemMatch: { $gt: 4, $lt: 6 } } } },
        [0, 2],
      ),
    ),
    refuses('$not without an operator', [{}], (c) => c.findOne({ a: { $not: 1 } } as unknown as Filter), 2),
  ]),
  chapter('reference/operator/query/exists', [
    finds('$exists true finds null', [{ a: null }, {}], { a: { $exists: true } }, [0]),
    finds(
      '$exists false finds only what has no such field',
      [{ a: null }, {}, { a: 0 }],
      { a: { $exists: false } },
      [1],
    ),
    finds('$exists with a condition', [{ a: 5 }, { a: 1 }, {}], { a: { $exists: true, $nin: [5, 15] } }, [1]),
    finds(
      '$exists false at a dotted path',
      [{ a: { b: 1 } }, { a: {} }, { a: 1 }],
      { 'a.b': { $exists: false } },
      [1, 2],
    ),
    notInManual(
      'a dotted path goes through arrays',
      finds(
        '$exists through an array of subdocuments',
        [{ a: [{ b: 1 }, {}] }, { a: [{}] }, { a: [] }],
        { 'a.b': { $exists: true } },
        [0],
      ),
    ),
    notInManual(
      'an empty array is there',
      finds('$exists finds an empty array', [{ a: [] }, {}], { a: { $exists: true } }, [0]),
    ),
  ]),
  chapter('reference/command/find', [
    refuses('an unknown query operator', [{}], (c) => c.findOne({ a: { $nonsense: 1 } } as unknown as Filter), 2),
    refuses('an unknown top level operator', [{}], (c) => c.findOne({ $nonsense: 1 } as unknown as Filter), 2),
    refuses('$in without an array', [{}], (c) => c.findOne({ a: { $in: 1 } } as unknown as Filter), 2),
    refuses('$nin without an array', [{}], (c) => c.findOne({ a: { $nin: 1 } } as unknown as Filter), 2),
    refuses('$all without an array', [{}], (c) => c.findOne({ a: { $all: 1 } } as unknown as Filter), 2),
    refuses('$elemMatch without an object', [{}], (c) => c.findOne({ a: { $elemMatch: 1 } } as unknown as Filter), 2),
    refuses('$size of a fraction', [{}], (c) => c.findOne({ a: { $size: 1.5 } }), 2),
    refuses('a negative $size', [{}], (c) => c.findOne({ a: { $size: -1 } }), 2),
  ]),
];
