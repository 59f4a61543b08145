import { type Chapter, chapter, notInManual, projects, refuses } from '../case.js';

const document = {
  a: 1,
  b: { x: 1, y: 2 },
  c: [
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ],
};
const untidy = { c: [{ x: 1, y: 2 }, 3, [{ x: 4, y: 5 }], {}] };

/** Which fields are answered. */
export const projection: Chapter[] = [
  chapter('tutorial/project-fields-from-query-results', [
    projects('inclusion includes _id', document, { a: 1 }, { _id: 0, a: 1 }),
    projects('inclusion without _id', document, { a: 1, _id: 0 }, { a: 1 }),
    projects('exclusion', document, { b: 0, c: 0 }, { _id: 0, a: 1 }),
    projects('exclusion of _id alone', document, { _id: 0 }, document),
    projects('exclusion with _id', document, { _id: 0, b: 0, c: 0 }, { a: 1 }),
    projects('inclusion of a field of an embedded document', document, { 'b.x': 1 }, { _id: 0, b: { x: 1 } }),
    projects(
      'exclusion of a field of an embedded document',
      document,
      { 'b.x': 0, c: 0 },
      { _id: 0, a: 1, b: { y: 2 } },
    ),
    projects(
      'inclusion within the subdocuments of an array',
      document,
      { 'c.x': 1 },
      { _id: 0, c: [{ x: 1 }, { x: 3 }] },
    ),
    projects(
      'exclusion within the subdocuments of an array',
      document,
      { 'c.x': 0, b: 0 },
      { _id: 0, a: 1, c: [{ y: 2 }, { y: 4 }] },
    ),
    projects('true and false do as 1 and 0', document, { a: true, _id: false }, { a: 1 }),
    projects('any other number is 1', document, { a: 5, _id: 0 }, { a: 1 }),
    projects('an empty projection answers the whole', document, {}, { _id: 0, ...document }),
  ]),
  chapter('reference/method/db.collection.find', [
    projects('of _id alone excludes all else', document, { _id: 1 }, { _id: 0 }),
    projects('of a field that is missing', document, { z: 1 }, { _id: 0 }),
    projects('two fields of one embedded document', document, { 'b.y': 1, 'b.x': 1 }, { _id: 0, b: { x: 1, y: 2 } }),
    notInManual('a number has no fields', projects('into a scalar', document, { 'a.z': 1 }, { _id: 0 })),
    notInManual(
      'known of the server',
      projects(
        'included fields keep the order of the document',
        document,
        { c: 1, b: 1, a: 1 },
        { _id: 0, ...document },
      ),
    ),
    notInManual(
      'known of the server',
      projects(
        'inclusion within an array leaves out scalars, and goes into arrays',
        untidy,
        { 'c.x': 1 },
        { _id: 0, c: [{ x: 1 }, [{ x: 4 }], {}] },
      ),
    ),
    notInManual(
      'known of the server',
      projects(
        'exclusion within an array keeps scalars, and goes into arrays',
        untidy,
        { 'c.x': 0 },
        { _id: 0, c: [{ y: 2 }, 3, [{ y: 5 }], {}] },
      ),
    ),
    refuses('exclusion in an inclusion', [{}], (c) => c.findOne({}, { projection: { a: 1, b: 0 } }), 31254),
    refuses('inclusion in an exclusion', [{}], (c) => c.findOne({}, { projection: { a: 0, b: 1 } }), 31253),
    refuses('a field and a field of it', [{}], (c) => c.findOne({}, { projection: { a: 1, 'a.b': 1 } }), 31249),
  ]),
];
