import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { type Chapter, chapter, finds, notInManual } from '../case.js';

const long = (text: string): Long => Long.fromString(text);

/** $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, and how values of the BSON types compare. */
export const comparison: Chapter[] = [
  chapter('reference/operator/query/eq', [
    finds('a condition without an operator is $eq', [{ a: 1 }, { a: 2 }], { a: 1 }, [0]),
    finds('$eq finds the same as the bare value', [{ a: 1 }, { a: 2 }, {}], { a: { $eq: 2 } }, [1]),
    finds('$eq of a field of an embedded document', [{ a: { b: 1 } }, { a: { b: 2 } }], { 'a.b': { $eq: 2 } }, [1]),
    finds(
      '$eq of a value finds the array that holds it',
      [{ a: [1, 2] }, { a: [3] }, { a: 2 }],
      { a: { $eq: 2 } },
      [0, 2],
    ),
    finds(
      '$eq of an array finds the array, and the array that has it as an element',
      [{ a: ['x', 'y'] }, { a: [['x', 'y'], 'z'] }, { a: 'x' }, { a: ['y', 'x'] }],
      { a: { $eq: ['x', 'y'] } },
      [0, 1],
    ),
  ]),

  chapter('tutorial/query-embedded-documents', [
    finds(
      'a subdocument is equal with the same fields in the same order only',
      [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, { a: { x: 1 } }],
      { a: { x: 1, y: 2 } },
      [0],
    ),
    finds('a subdocument with one more field is not equal', [{ a: { x: 1, y: 2, z: 3 } }], { a: { x: 1, y: 2 } }, []),
    finds('an empty subdocument equals only an empty one', [{ a: {} }, { a: { x: 1 } }, { a: [] }], { a: {} }, [0]),
    finds(
      'a dotted path asks for the one field, whatever else there is',
      [{ a: { x: 1, b: 2 } }, { a: { b: 2 } }, { a: { b: { b: 2 } } }],
      { 'a.b': 2 },
      [0, 1],
    ),
    finds('two dotted paths need both', [{ a: { b: 1, c: 1 } }, { a: { b: 1, c: 2 } }], { 'a.b': 1, 'a.c': 2 }, [1]),
  ]),

  chapter('reference/operator/query/gt', [
    finds('$gt', [{ a: 1 }, { a: 2 }, { a: 3 }, {}], { a: { $gt: 2 } }, [2]),
    finds(
      '$gt of a field of an embedded document',
      [{ a: { b: 1 } }, { a: { b: 3 } }, { a: 3 }],
      { 'a.b': { $gt: 2 } },
      [1],
    ),
    finds(
      '$gt compares within a type only',
      [{ a: 5 }, { a: '5' }, { a: null }, { a: new Date(5) }],
      { a: { $gt: 1 } },
      [0],
    ),
  ]),
  chapter('reference/operator/query/gte', [
    finds('$gte', [{ a: 1 }, { a: 2 }, { a: 3 }, {}], { a: { $gte: 2 } }, [1, 2]),
  ]),
  chapter('reference/operator/query/lt', [
    finds('$lt', [{ a: 1 }, { a: 2 }, { a: 3 }, {}], { a: { $lt: 2 } }, [0]),
    finds('$lt with a string does not find numbers', [{ a: 5 }, { a: 'a' }], { a: { $lt: 'b' } }, [1]),
  ]),
  chapter('reference/operator/query/lte', [
    finds('$lte', [{ a: 1 }, { a: 2 }, { a: 3 }, {}], { a: { $lte: 2 } }, [0, 1]),
  ]),

  chapter('reference/operator/query/ne', [
    finds(
      '$ne finds other values, and documents without the field',
      [{ a: 1 }, { a: 2 }, {}],
      { a: { $ne: 1 } },
      [1, 2],
    ),
    finds(
      '$ne of an embedded field finds documents without the way',
      [{ a: { b: 1 } }, { a: {} }, { a: 1 }, {}],
      { 'a.b': { $ne: 1 } },
      [1, 2, 3],
    ),
    finds('$ne on an array needs all elements to differ', [{ a: [1, 2] }, { a: [2] }], { a: { $ne: 1 } }, [1]),
    finds(
      '$ne of an array is about the whole array',
      [{ a: [1, 2] }, { a: [2, 1] }, { a: 1 }],
      { a: { $ne: [1, 2] } },
      [1, 2],
    ),
    finds('$ne null finds what is there and not null', [{ a: null }, {}, { a: 0 }], { a: { $ne: null } }, [2]),
  ]),

  chapter('reference/operator/query/in', [
    finds('$in takes any of the values', [{ a: 1 }, { a: 'b' }, { a: 3 }], { a: { $in: [3, 'b', 4] } }, [1, 2]),
    finds(
      '$in finds an array with one element of the list',
      [{ a: [1, 7] }, { a: [2] }, { a: 7 }],
      { a: { $in: [7, 9] } },
      [0, 2],
    ),
    finds('$in with an array finds the array', [{ a: [1] }, { a: 1 }], { a: { $in: [[1]] } }, [0]),
    finds(
      '$in of embedded documents compares them whole',
      [{ a: { x: 1 } }, { a: { x: 1, y: 1 } }],
      { a: { $in: [{ x: 1 }] } },
      [0],
    ),
    finds(
      '$in of an embedded field',
      [{ a: { b: 1 } }, { a: { b: 2 } }, { a: [{ b: 3 }, { b: 1 }] }],
      { 'a.b': { $in: [1] } },
      [0, 2],
    ),
    finds('$in of one value twice finds a document once', [{ a: [1, 1] }, { a: 2 }], { a: { $in: [1, 1] } }, [0]),
    notInManual(
      'an $or of nothing: no value is equal to one of none',
      finds('$in of nothing finds nothing', [{ a: 1 }, {}], { a: { $in: [] } }, []),
    ),
  ]),
  chapter('reference/operator/query/nin', [
    finds(
      '$nin finds what is not in the list, and documents without the field',
      [{ a: 1 }, {}, { a: 2 }],
      { a: { $nin: [1] } },
      [1, 2],
    ),
    finds(
      '$nin on an array needs all elements to be outside',
      [{ a: [1, 2] }, { a: [3] }, { a: [] }],
      { a: { $nin: [1, 9] } },
      [1, 2],
    ),
    notInManual(
      'the opposite of $in of nothing',
      finds('$nin of nothing finds all', [{ a: 1 }, {}], { a: { $nin: [] } }, [0, 1]),
    ),
  ]),

  chapter('tutorial/query-for-null-fields', [
    finds('null matches null and a missing field', [{ a: null }, {}, { a: 0 }, { a: '' }], { a: null }, [0, 1]),
    finds('$eq null is the same', [{ a: null }, {}, { a: 0 }, { a: [] }], { a: { $eq: null } }, [0, 1]),
    finds('null matches an array that holds null', [{ a: [1, null] }, { a: [1] }], { a: null }, [0]),
    finds(
      'null at a dotted path matches a missing parent',
      [{}, { a: {} }, { a: { b: 1 } }, { a: { b: null } }],
      { 'a.b': null },
      [0, 1, 3],
    ),
    notInManual(
      'a number has no field b',
      finds('null at a dotted path matches a scalar parent', [{ a: 1 }, { a: { b: 1 } }], { 'a.b': null }, [0]),
    ),
    finds('$in with null finds missing', [{ a: 1 }, {}, { a: null }], { a: { $in: [null] } }, [1, 2]),
    finds('$nin with null finds neither null nor missing', [{ a: 1 }, {}, { a: null }], { a: { $nin: [null] } }, [0]),
    notInManual(
      '$gte is $gt or $eq',
      finds(
        '$gte and $lte null find null and missing',
        [{ a: null }, {}, { a: 1 }],
        { a: { $gte: null, $lte: null } },
        [0, 1],
      ),
    ),
    notInManual(
      'no value is below the only one of its type',
      finds('$lt null finds nothing', [{ a: null }, {}, { a: 1 }], { a: { $lt: null } }, []),
    ),
  ]),

  chapter('reference/bson-type-comparison-order', [
    finds(
      'int, long and double compare by value',
      [{ a: new Int32(1) }, { a: new Double(1) }, { a: long('1') }, { a: '1' }],
      { a: 1 },
      [0, 1, 2],
    ),
    finds('an int between two doubles', [{ a: new Int32(2) }, { a: new Int32(3) }], { a: { $gt: 1.5, $lt: 2.5 } }, [0]),
    finds(
      'longs above 2^53 are not confused with their neighbours',
      [{ a: long('9007199254740992') }, { a: long('9007199254740993') }, { a: new Double(9007199254740992) }],
      { a: long('9007199254740993') },
      [1],
    ),
    finds(
      'the greatest long is less than the double 2^63',
      [{ a: long('9223372036854775807') }],
      { a: { $lt: new Double(2 ** 63) } },
      [0],
    ),
    finds('-0 equals 0', [{ a: new Double(0) }, { a: new Int32(0) }], { a: new Double(-0) }, [0, 1]),
    finds(
      'infinities are beyond all numbers',
      [{ a: -Infinity }, { a: 1e308 }, { a: Infinity }],
      { a: { $gt: 1e308 } },
      [2],
    ),
    notInManual('known of the server', finds('NaN equals NaN', [{ a: NaN }, { a: 1 }], { a: NaN }, [0])),
    notInManual(
      'known of the server',
      finds('NaN is not less than a number', [{ a: NaN }, { a: 1 }], { a: { $lt: 5 } }, [1]),
    ),
    finds('booleans are not numbers', [{ a: true }, { a: 1 }], { a: true }, [0]),
    notInManual(
      'false sorts before true',
      finds('true is greater than false', [{ a: true }, { a: false }, { a: 1 }], { a: { $gt: false } }, [0]),
    ),
    finds(
      'strings compare byte by byte, not by any language',
      [{ a: 'B' }, { a: 'a' }, { a: 'é' }, { a: 'b' }],
      { a: { $gt: 'a' } },
      [2, 3],
    ),
    notInManual(
      'strings compare as their bytes',
      finds(
        'strings with NUL are compared to their end',
        [{ a: 'x' }, { a: 'x\0' }, { a: 'x\0y' }],
        { a: { $gt: 'x\0' } },
        [2],
      ),
    ),
    notInManual(
      'strings compare as their bytes',
      finds(
        'characters beyond the basic plane come after all within',
        [{ a: '\u{1F600}' }, { a: '\uFF01' }],
        { a: { $gt: '\uFF01' } },
        [0],
      ),
    ),
    finds(
      'dates compare before and after 1970',
      [{ a: new Date(-1) }, { a: new Date(0) }, { a: new Date(1) }],
      { a: { $lt: new Date(0) } },
      [0],
    ),
    finds(
      'a date is not a timestamp',
      [{ a: new Date(0) }, { a: Timestamp.fromBits(0, 0) }],
      { a: { $gte: new Date(0) } },
      [0],
    ),
    finds(
      'timestamps compare without sign',
      [{ a: new Timestamp({ t: 1, i: 1 }) }, { a: new Timestamp({ t: 0xffffffff, i: 1 }) }],
      { a: { $gt: new Timestamp({ t: 1, i: 2 }) } },
      [1],
    ),
    finds(
      'ObjectIds compare by their bytes',
      [{ a: new ObjectId('00'.repeat(12)) }, { a: new ObjectId('ff'.repeat(12)) }],
      { a: { $gt: new ObjectId('7f'.repeat(12)) } },
      [1],
    ),
    finds(
      'binary data compares by length first',
      [{ a: new Binary(Buffer.from([9])) }, { a: new Binary(Buffer.from([1, 1])) }],
      { a: { $gt: new Binary(Buffer.from([9])) } },
      [1],
    ),
    finds(
      'binary data of one length compares by its subtype, then by its bytes',
      [
        { a: new Binary(Buffer.from([9]), 0) },
        { a: new Binary(Buffer.from([1]), 0x80) },
        { a: new Binary(Buffer.from([8]), 0) },
      ],
      { a: { $gt: new Binary(Buffer.from([8]), 0) } },
      [0, 1],
    ),
    finds(
      'embedded documents compare field by field: type, then name, then value',
      [{ a: { x: 'a' } }, { a: { y: 0 } }, { a: { x: 2 } }, { a: { x: 1, y: 0 } }, { a: { x: 1 } }],
      { a: { $gt: { x: 1 } } },
      [0, 1, 2, 3],
    ),
    notInManual(
      'arrays compare as embedded documents with the names 0, 1, …',
      finds(
        'an array compares with an array element by element',
        [{ a: [1, 3] }, { a: [1, 2] }, { a: [0, 9] }, { a: 5 }],
        { a: { $gt: [1, 2] } },
        [0],
      ),
    ),
    notInManual(
      'known of the server: the two are not kept to their type',
      finds(
        '$gt MinKey finds all other types',
        [{ a: 1 }, { a: 'x' }, { a: new MinKey() }],
        { a: { $gt: new MinKey() } },
        [0, 1],
      ),
    ),
    notInManual(
      'known of the server: the two are not kept to their type',
      finds(
        '$lt MaxKey finds all other types',
        [{ a: 1 }, { a: 'x' }, { a: new MaxKey() }],
        { a: { $lt: new MaxKey() } },
        [0, 1],
      ),
    ),
  ]),
];
