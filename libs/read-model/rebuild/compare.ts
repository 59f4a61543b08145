import { isDeepStrictEqual } from 'node:util';
import type { Collection, Document } from 'mongodb';
import type { Collections } from '../collections.js';
import type { Generation } from '../generations/generation.js';
import type { ProjectionName } from '../projection.js';

/** What a generation shows otherwise than the one before. */
export interface Comparison {
  /** Documents of the one before, and of the new one. */
  readonly before: number;
  readonly after: number;
  /** Documents that differ, or are in one of the two only. */
  readonly differing: number;
  /** The first of them: `incidents 12`. */
  readonly first: readonly string[];
}

const mostNamed = 10;

/** What each projection writes, and nobody else. */
const documentsOf = {
  incidents: ['incidents', 'entities', 'tags'],
  alerts: ['alerts'],
  metrics: ['figures', 'measuredIncidents'],
} as const satisfies Record<ProjectionName, readonly (keyof Collections)[]>;

/**
 * Compares all documents of two generations, while either may be fed: of those that change meanwhile nothing is said. A difference is what a
 * rebuild is for: a row that was damaged, or made by older code, is mended by it.
 */
export async function compareGenerations(before: Generation, after: Generation): Promise<Comparison> {
  const found = { before: 0, after: 0, differing: 0, first: [] as string[] };
  for (const [projection, names] of Object.entries(documentsOf)) {
    const reached = await bothReached(projection as ProjectionName, before, after);
    const isOnItsWay = (document: Document | undefined) => document && (document.position as bigint) > reached;
    for (const name of names)
      for await (const [one, other] of inPairs(inOrder(before, name), inOrder(after, name))) {
        if (one) found.before++;
        if (other) found.after++;
        if (isOnItsWay(one) || isOnItsWay(other) || isDeepStrictEqual(one, other)) continue;
        found.differing++;
        if (found.first.length < mostNamed) found.first.push(`${name} ${idOf((one ?? other)!)}`);
      }
  }
  return found;
}

async function bothReached(projection: ProjectionName, ...generations: readonly Generation[]): Promise<bigint> {
  const positions = await Promise.all(generations.map(({ checkpoints }) => checkpoints.position(projection)));
  return positions.map((position) => position ?? -1n).reduce((one, other) => (one < other ? one : other));
}

type DocumentName = (typeof documentsOf)[ProjectionName][number];

const inOrder = ({ collections }: Generation, name: DocumentName): AsyncGenerator<Document> =>
  (collections[name] as unknown as Collection<Document>)
    .find()
    .sort({ _id: 1 })
    [Symbol.asyncIterator]() as AsyncGenerator<Document>;

/** By their ids; undefined where one side has none. Both come in the order of the store, which is that of the ids' bytes. */
async function* inPairs(
  ones: AsyncGenerator<Document>,
  others: AsyncGenerator<Document>,
): AsyncGenerator<readonly [Document | undefined, Document | undefined]> {
  const next = async (all: AsyncGenerator<Document>) => (await all.next()).value as Document | undefined;
  let [one, other] = await Promise.all([next(ones), next(others)]);
  while (one || other) {
    const order = !one ? 1 : !other ? -1 : Buffer.compare(Buffer.from(idOf(one)), Buffer.from(idOf(other)));
    yield [order <= 0 ? one : undefined, order >= 0 ? other : undefined];
    [one, other] = await Promise.all([order <= 0 ? next(ones) : one, order >= 0 ? next(others) : other]);
  }
}

const idOf = (document: Document): string => document._id as string;
