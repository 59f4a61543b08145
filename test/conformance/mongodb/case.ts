/** A case of the corpus: documents that are given, something that is asked of their collection, the answer that is expected. */
import type { Collection, Document, Filter as DriversFilter, Sort } from 'mongodb';

export type Given = Document & { _id: number };
export type Asked = Collection<Given>;
export type Filter = DriversFilter<Given>;

export interface Case {
  readonly says: string;
  /** What the answer rests on where MongoDB's manual does not give it. */
  readonly notInManual?: string;
  /** Those without `_id` get their place, from 0. */
  readonly given: readonly Document[];
  readonly indexes?: readonly (readonly [key: Record<string, 1 | -1>, options?: { unique: true }])[];
  readonly ask: (collection: Asked) => Promise<unknown>;
  /** Compared with the types of numbers and the order of fields; `refused(code)` for an error. */
  readonly answer: unknown;
  /** Its answer must not depend on indexes: it is asked again with some. */
  readonly alsoIndexed?: true;
}

/** Cases of one page of https://www.mongodb.com/docs/manual/ */
export interface Chapter {
  readonly page: string;
  readonly cases: readonly Case[];
}

export const chapter = (page: string, cases: readonly Case[]): Chapter => ({ page, cases });

export const notInManual = (because: string, one: Case): Case => ({ ...one, notInManual: because });

/** Numbers come back in the type in which they are stored. */
const typed = { promoteValues: false } as const;

/** Which of the given documents are found. */
export const finds = (says: string, given: readonly Document[], filter: Document, places: readonly number[]): Case => ({
  says,
  given,
  ask: async (collection) => {
    const found = await collection.find(filter as Filter).toArray();
    return found.map(({ _id }) => _id).sort((a, b) => a - b);
  },
  answer: places,
  alsoIndexed: true,
});

export const sorts = (says: string, given: readonly Document[], sort: Sort, places: readonly number[]): Case => ({
  says,
  given,
  ask: async (collection) => (await collection.find({}, { sort }).toArray()).map(({ _id }) => _id),
  answer: places,
  alsoIndexed: true,
});

export const projects = (says: string, given: Document, projection: Document, answer: Document): Case => ({
  says,
  given: [given],
  ask: (collection) => collection.findOne({}, { projection, ...typed }),
  answer,
});

/** What becomes of one document. */
export const updates = (says: string, before: Document, update: Document, after: Document): Case => ({
  says,
  given: [before],
  ask: async (collection) => {
    await collection.updateOne({ _id: 0 }, update);
    return collection.findOne({}, typed);
  },
  answer: { _id: 0, ...after },
});

/** What an upsert makes of an empty collection. */
export const upserts = (says: string, filter: Document, update: Document, made: Document): Case => ({
  says,
  given: [],
  ask: async (collection) => {
    await collection.updateOne(filter, update, { upsert: true });
    return collection.findOne({}, typed);
  },
  answer: made,
});

export const aggregates = (
  says: string,
  given: readonly Document[],
  pipeline: Document[],
  answer: readonly Document[],
): Case => ({ says, given, ask: (collection) => collection.aggregate(pipeline, typed).toArray(), answer });

export const tells = (
  says: string,
  given: readonly Document[],
  ask: (collection: Asked) => Promise<unknown>,
  answer: unknown,
): Case => ({ says, given, ask, answer });

/** As `tells`, of a collection that has indexes from the beginning. */
export const indexed = (indexes: NonNullable<Case['indexes']>, one: Case): Case => ({ ...one, indexes });

export const refused = (code: number) => ({ refused: code });

/** That it is an error is in the manual, the number of most errors is not. */
export const refuses = (
  says: string,
  given: readonly Document[],
  ask: (collection: Asked) => Promise<unknown>,
  code: number,
): Case => {
  const one = tells(says, given, ask, refused(code));
  return code === 11000 ? one : notInManual("the number of the error is that of the server's table of errors", one);
};

export const refusesUpdate = (says: string, before: Document, update: Document, code: number): Case =>
  refuses(says, [before], (collection) => collection.updateOne({ _id: 0 }, update), code);

export const all = (collection: Asked) => collection.find({}, { sort: { _id: 1 }, ...typed }).toArray();
