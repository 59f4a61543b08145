import { type Chapter, chapter, finds, notInManual } from '../case.js';

const survey = [
  {
    a: [
      { b: 'x', n: 10 },
      { b: 'y', n: 5 },
    ],
  },
  {
    a: [
      { b: 'x', n: 8 },
      { b: 'y', n: 7 },
    ],
  },
  {
    a: [
      { b: 'x', n: 7 },
      { b: 'y', n: 8 },
    ],
  },
  { a: { b: 'y', n: 9 } },
];

/** Filters on arrays: elements, the whole, $all, $size, $elemMatch, paths through arrays. */
export const arrays: Chapter[] = [
  chapter('tutorial/query-arrays', [
    finds(
      'an array is equal as a whole, in its order',
      [{ a: [1, 2] }, { a: [2, 1] }, { a: [1, 2, 3] }],
      { a: [1, 2] },
      [0],
    ),
    finds('a scalar equals an element of an array', [{ a: [1, 2] }, { a: 1 }, { a: [[1]] }], { a: 1 }, [0, 1]),
    finds('a condition is met by one element', [{ a: [1, 9] }, { a: [1, 2] }, { a: 9 }], { a: { $gt: 5 } }, [0, 2]),
    finds(
      'two conditions on an array may be met by different elements',
      [{ a: [1, 9] }, { a: [5] }, { a: [9] }],
      { a: { $gt: 4, $lt: 6 } },
      [0, 1],
    ),
    finds(
      'one element above and one below suffice, where no number is both',
      [{ a: [1, 9] }, { a: [3] }],
      { a: { $gt: 4, $lt: 2 } },
      [0],
    ),
    finds('an empty array equals an empty array only', [{ a: [] }, { a: [[]] }, { a: [1] }, {}], { a: [] }, [0, 1]),
    notInManual(
      'the elements of an array in an array are not its own',
      finds('a condition is not met within an array in an array', [{ a: [[9]] }, { a: [9] }], { a: { $gt: 5 } }, [1]),
    ),
  ]),
  chapter('tutorial/query-array-of-documents', [
    finds(
      'a subdocument of an array is equal whole, in the order of its fields',
      [{ a: [{ x: 1, y: 2 }] }, { a: [{ y: 2, x: 1 }] }, { a: [{ x: 1 }] }],
      { a: { x: 1, y: 2 } },
      [0],
    ),
    finds(
      'a dotted path goes through an array of subdocuments',
      [{ a: [{ b: 1 }, { b: 2 }] }, { a: { b: 2 } }, { a: [{ b: 3 }] }],
      { 'a.b': 2 },
      [0, 1],
    ),
    finds(
      'a condition through an array is met by one subdocument',
      [{ a: [{ b: 1 }, { b: 9 }] }, { a: [{ b: 1 }] }],
      { 'a.b': { $gte: 9 } },
      [0],
    ),
    finds(
      'two conditions through an array may be met by different subdocuments',
      survey,
      { 'a.b': 'y', 'a.n': { $gte: 8 } },
      [0, 1, 2, 3],
    ),
    notInManual(
      'an array in an array is no subdocument',
      finds('a dotted path does not go through arrays within arrays', [{ a: [[{ b: 1 }]] }], { 'a.b': 1 }, []),
    ),
    notInManual(
      'a subdocument without the field, as elsewhere',
      finds(
        'null through an array finds a subdocument without the field',
        [{ a: [{ b: 1 }, {}] }, { a: [{ b: 1 }] }, { a: [{ b: null }] }],
        { 'a.b': null },
        [0, 2],
      ),
    ),
    finds(
      'a dotted path ends in an array',
      [{ a: { b: [1, 2] } }, { a: { b: 3 } }, { a: [{ b: [2] }] }],
      { 'a.b': 2 },
      [0, 2],
    ),
  ]),
  chapter('reference/operator/query/all', [
    finds('$all needs every value', [{ a: [1, 2, 3] }, { a: [1] }, { a: 1 }], { a: { $all: [1, 2] } }, [0]),
    finds(
      '$all does not mind the order, nor what else there is',
      [{ a: [3, 2, 1] }, { a: [2, 3] }],
      { a: { $all: [1, 2] } },
      [0],
    ),
    finds(
      '$all of one value finds a field that is that value',
      [{ a: 1 }, { a: [1] }, { a: 2 }],
      { a: { $all: [1] } },
      [0, 1],
    ),
    finds(
      '$all of an array finds that array, and one that holds it',
      [{ a: [1, 2] }, { a: [[1, 2], 3] }, { a: [2, 1] }],
      { a: { $all: [[1, 2]] } },
      [0, 1],
    ),
    finds('$all through an array of subdocuments', survey, { 'a.b': { $all: ['x', 'y'] } }, [0, 1, 2]),
    finds('$all of nothing finds nothing', [{ a: [] }, { a: 1 }], { a: { $all: [] } }, []),
  ]),
  chapter('reference/operator/query/size', [
    finds(
      '$size counts the elements of arrays only',
      [{ a: [1, 2] }, { a: [] }, { a: 'xy' }, { a: [[1, 2]] }],
      { a: { $size: 2 } },
      [0],
    ),
    finds(
      '$size 0 finds empty arrays, not missing ones',
      [{ a: [] }, {}, { a: null }, { a: [1] }],
      { a: { $size: 0 } },
      [0],
    ),
    finds('$size at a dotted path', [{ a: { b: [1] } }, { a: { b: 1 } }], { 'a.b': { $size: 1 } }, [0]),
    notInManual(
      '$not takes any operator',
      finds(
        '$not $size finds arrays of other lengths and what is no array',
        [{ a: [1] }, { a: [] }, { a: 1 }, {}],
        { a: { $not: { $size: 1 } } },
        [1, 2, 3],
      ),
    ),
  ]),
  chapter('reference/operator/query/elemMatch', [
    finds(
      '$elemMatch needs one element that meets all',
      [{ a: [1, 9] }, { a: [5] }, { a: [1, 5, 9] }],
      { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
      [1, 2],
    ),
    finds('$elemMatch needs an array', [{ a: 5 }, { a: [5] }], { a: { $elemMatch: { $gt: 4 } } }, [1]),
    finds(
      '$elemMatch needs one subdocument that meets all',
      survey,
      { a: { $elemMatch: { b: 'y', n: { $gte: 8 } } } },
      [2],
    ),
    finds(
      '$elemMatch does not find a subdocument that stands for itself',
      survey,
      { a: { $elemMatch: { b: 'y', n: 9 } } },
      [],
    ),
    finds('$elemMatch with one condition on subdocuments', survey, { a: { $elemMatch: { n: { $gt: 9 } } } }, [0]),
    finds(
      '$elemMatch $ne finds an array with one other element, $ne does not',
      [{ a: [1, 2] }, { a: [1] }],
      { a: { $elemMatch: { $ne: 1 } } },
      [0],
    ),
    finds('$elemMatch $not, as above', [{ a: [1, 9] }, { a: [9] }], { a: { $elemMatch: { $not: { $gt: 5 } } } }, [0]),
    notInManual(
      'an array in an array is an element itself',
      finds(
        '$elemMatch does not look into an array within the array',
        [{ a: [[5]] }, { a: [[4], 5] }, { a: [[1, 9]] }],
        { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
        [1],
      ),
    ),
    finds('$elemMatch $in', [{ a: [1, 2] }, { a: [3] }], { a: { $elemMatch: { $in: [2, 4] } } }, [0]),
    finds(
      '$elemMatch with a subdocument in the subdocument',
      [{ a: [{ b: { c: 1 } }] }, { a: [{ b: { c: 2 } }] }],
      { a: { $elemMatch: { 'b.c': 2 } } },
      [1],
    ),
    finds(
      '$elemMatch at a dotted path',
      [{ a: { b: [1, 5] } }, { a: { b: [1, 9] } }],
      { 'a.b': { $elemMatch: { $gt: 4, $lt: 6 } } },
      [0],
    ),
    notInManual(
      'conditions are a filter',
      finds(
        '$elemMatch of an $or on subdocuments',
        survey,
        { a: { $elemMatch: { $or: [{ n: 10 }, { b: 'y', n: 8 }] } } },
        [0, 2],
      ),
    ),
    notInManual(
      'one $elemMatch each',
      finds(
        'two $elemMatch on one array, by different elements',
        survey,
        { $and: [{ a: { $elemMatch: { b: 'x', n: 7 } } }, { a: { $elemMatch: { b: 'y', n: 8 } } }] },
        [2],
      ),
    ),
  ]),
];
