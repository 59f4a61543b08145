import { randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import { settled, shapeVersion, suffixOf } from '../collections.js';
import { duplicateKey } from '../guarded-write.js';
import type { ProjectionName } from '../projection.js';

/** Which generation of the read model is which. */
export interface State {
  /** The one that queries read. */
  readonly serving: number;
  /** The one that a rebuild is making. */
  readonly next: NextGeneration | null;
  /** Those that served before, and may still be read by who does not know it yet. */
  readonly retired: readonly number[];
}

export interface NextGeneration {
  readonly generation: number;
  /** `filling`: by the rebuild alone. `following`: from now on projectors feed it too. */
  readonly phase: 'filling' | 'following';
  /** Of the rebuild that makes it. */
  readonly owner: string;
  /** Raised by the rebuild for as long as it lives. */
  readonly beat: number;
  /** The projections that a projector feeds it by, each before the generation that serves. */
  readonly fed: readonly ProjectionName[];
}

interface StateDocument extends State {
  /** The shape of the documents: another version of it has generations of its own. */
  readonly _id: string;
  /** The number of the last generation that was begun. */
  readonly last: number;
}

const beginning: Omit<StateDocument, '_id'> = { serving: 1, last: 1, next: null, retired: [] };

/**
 * The one document that says which generation serves. Where there is none, the first does. Every change of it is one write, made only
 * where all is as the writer knows it: each says whether it was.
 */
export class Generations {
  readonly #documents: Collection<StateDocument>;
  readonly #_id = `v${shapeVersion}`;

  constructor(private readonly db: Db) {
    this.#documents = db.collection<StateDocument>('generations', settled);
  }

  async state(): Promise<State> {
    return (await this.#documents.findOne({ _id: this.#_id })) ?? beginning;
  }

  /** Begins the next generation, `filling`; undefined where one is being made already. */
  async begin(): Promise<NextGeneration | undefined> {
    await this.#documents.insertOne({ _id: this.#_id, ...beginning }).catch((error: unknown) => {
      if (!(error instanceof MongoServerError && error.code === duplicateKey)) throw error;
    });
    const { last } = (await this.#documents.findOne({ _id: this.#_id }))!;
    const next: NextGeneration = { generation: last + 1, phase: 'filling', owner: randomUUID(), beat: 0, fed: [] };
    return (await this.#change({ last, next: null }, { last: last + 1, next })) ? next : undefined;
  }

  async beat({ owner }: NextGeneration): Promise<boolean> {
    const filter = { _id: this.#_id, 'next.owner': owner };
    return (await this.#documents.updateOne(filter, { $inc: { 'next.beat': 1 } })).matchedCount > 0;
  }

  follow({ owner }: NextGeneration): Promise<boolean> {
    return this.#change({ 'next.owner': owner }, { 'next.phase': 'following' });
  }

  /** From now on a projector feeds it by this projection, first it, then the one that serves. */
  async feeds(projection: ProjectionName, generation: number): Promise<void> {
    const filter = { _id: this.#_id, 'next.generation': generation };
    await this.#documents.updateOne(filter, { $addToSet: { 'next.fed': projection } });
  }

  /** Lets the next one serve in place of `from`. Only as it was known: followed, and fed by these projections. */
  async serve({ owner, generation, fed }: NextGeneration, from: number): Promise<boolean> {
    const known = { serving: from, 'next.owner': owner, 'next.phase': 'following', 'next.fed': { $size: fed.length } };
    const update = { $set: { serving: generation, next: null }, $push: { retired: from } };
    return (await this.#documents.updateOne({ _id: this.#_id, ...known }, update)).matchedCount > 0;
  }

  /** Ends the making of the next one, as last seen: a rebuild that still lives learns it by its next beat. */
  giveUp({ owner, beat }: NextGeneration): Promise<boolean> {
    return this.#change({ 'next.owner': owner, 'next.beat': beat }, { next: null });
  }

  /** From now on nobody may read it, and projectors end to feed it. */
  async dismiss(retired: number): Promise<void> {
    await this.#documents.updateOne({ _id: this.#_id }, { $pull: { retired } });
  }

  /** Drops collections that are of no generation there is. */
  async dropLeftovers(): Promise<void> {
    const names = await this.#collections();
    const { serving, next, retired } = await this.state();
    const kept = [serving, ...retired, ...(next ? [next.generation] : [])].map(suffixOf);
    for (const name of names) if (!kept.some((suffix) => name.endsWith(suffix))) await this.db.dropCollection(name);
  }

  /** Of all generations of this shape. */
  async #collections(): Promise<string[]> {
    const all = await this.db.listCollections({}, { nameOnly: true }).toArray();
    return all.map(({ name }) => name).filter((name) => ofThisShape.test(name));
  }

  async #change(known: object, set: object): Promise<boolean> {
    return (await this.#documents.updateOne({ _id: this.#_id, ...known }, { $set: set })).matchedCount > 0;
  }
}

const ofThisShape = new RegExp(`_v${shapeVersion}_\\d+$`);
