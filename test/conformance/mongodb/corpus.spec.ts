/** What MongoDB's manual says of everything on the embedded server's list, asked of it, or of the MongoDB that MONGODB_URL names. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BSON, EJSON } from 'bson';
import { mongoUnderTest } from '../../../libs/embedded-mongodb/mongo-under-test.js';
import { type Asked, type Case, type Chapter, refused } from './case.js';
import { aggregation } from './cases/aggregation.js';
import { arrays } from './cases/arrays.js';
import { collections } from './cases/collections.js';
import { comparison } from './cases/comparison.js';
import { conditions } from './cases/conditions.js';
import { order } from './cases/order.js';
import { projection } from './cases/projection.js';
import { updatesOfArrays } from './cases/updates-of-arrays.js';
import { updatesOfFields } from './cases/updates-of-fields.js';
import { uniqueness } from './cases/uniqueness.js';
import { writes } from './cases/writes.js';

const corpus: Record<string, Chapter[]> = {
  comparison,
  conditions,
  arrays,
  order,
  projection,
  'updates of fields': updatesOfFields,
  'updates of arrays': updatesOfArrays,
  writes,
  aggregation,
  uniqueness,
  collections,
};

const mongo = mongoUnderTest();
/** Filled all at the same time: one by one each would wait for the disk. */
const ready = new Map<Case, Asked[]>();
beforeAll(async () => {
  const cases = Object.values(corpus)
    .flat()
    .flatMap(({ cases }) => cases);
  await Promise.all(cases.map(async (one, at) => ready.set(one, await filled(one, `case${at}`))));
});

/** With the indexes of the case; where these must not matter, another with more of them. */
async function filled({ given, indexes = [], alsoIndexed }: Case, name: string): Promise<Asked[]> {
  const collection: Asked = mongo.db.collection(name);
  const more: Asked = mongo.db.collection(`${name}_indexed`);
  const both = alsoIndexed ? [collection, more] : [collection];
  if (alsoIndexed) await more.createIndexes([{ key: { a: 1 } }, { key: { 'a.b': -1 } }]);
  for (const [key, options] of indexes) await collection.createIndex(key, options);
  const documents = given.map((document, _id) => ({ _id, ...document }));
  if (documents.length > 0) await Promise.all(both.map((one) => one.insertMany(documents)));
  return both;
}

async function answered(collection: Asked, { ask }: Case): Promise<string> {
  const answer = await ask(collection).catch((error: { code?: unknown }) => {
    if (typeof error.code !== 'number') throw error;
    return refused(error.code);
  });
  return text(answer);
}

/** With the types of numbers and the order of fields. */
function text(answer: unknown): string {
  const document = BSON.deserialize(BSON.serialize({ answer }), { promoteValues: false });
  return EJSON.stringify(document, { relaxed: false });
}

describe.each(Object.entries(corpus))('%s', (_, chapters) => {
  describe.each(chapters.map(({ page, cases }): [string, readonly Case[]] => [page, cases]))('%s', (_, cases) => {
    it.each(cases.map((one): [string, Case] => [one.says, one]))('%s', async (_, one) => {
      for (const collection of ready.get(one)!) expect(await answered(collection, one)).toBe(text(one.answer));
    });
  });
});

it('names a page of the manual for 200 cases and more, and marks the others', () => {
  const chapters = Object.values(corpus).flat();
  const derived = chapters.flatMap(({ cases }) => cases.filter(({ notInManual }) => notInManual === undefined));
  expect(derived.length).toBeGreaterThanOrEqual(200);
  for (const { page, cases } of chapters) {
    expect(page).toMatch(/^(core|reference|tutorial)\/[\w./-]+[\w]$/);
    expect(new Set(cases.map(({ says }) => says)).size).toBe(cases.length);
  }
});
