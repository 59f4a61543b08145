import type { Collection, Document, WithId } from 'mongodb';
import type { CompareOptions, ShownUpTo } from '#audit';
import type { Settings } from '#platform';
import { GenerationDropped, Served } from '#read-model';
import type { Generation } from '#read-model';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { reachMongo } from '../start/reach-mongo.js';
import { findRunning } from '../start/running.js';

export interface ReachedReadModel {
  /** Every document, each once: what comes while they are read may be missing. */
  readonly documents: CompareOptions['documents'];
  shownUpTo(): Promise<ShownUpTo>;
  close(): Promise<void>;
}

/**
 * The read model of a log: of MONGODB_URL, else of the docket that runs on the data folder, where it is with this log; undefined where
 * there is neither. That of a folder on which nothing runs is as old as its last run. Throws Refusal where the store does not answer.
 */
export async function reachReadModel(settings: Settings, logUrl: string): Promise<ReachedReadModel | undefined> {
  const url = settings.mongodbUrl ?? ofRunning(settings, logUrl);
  if (url === undefined) return undefined;
  const mongo = await reachMongo(url);
  const served = await Served.open(mongo.db);
  const { generation } = served;
  const { incidents, entities, alerts } = generation.collections;
  const { checkpoints } = generation;
  const all = <T extends Document>(collection: Collection<T>) => whole(served, generation, collection);
  return {
    documents: { incidents: all(incidents), entities: all(entities), alerts: all(alerts) },
    async shownUpTo() {
      return { incidents: await checkpoints.position('incidents'), alerts: await checkpoints.position('alerts') };
    },
    close: () => mongo.close(),
  };
}

/** Throws Refusal where another generation serves before all was read, and this one is dropped. */
async function* whole<T extends Document>(
  served: Served,
  generation: Generation,
  collection: Collection<T>,
): AsyncGenerator<WithId<T>> {
  yield* collection.find().sort({ _id: 1 });
  if (!(await served.keeps(generation))) throw new Refusal(new GenerationDropped().message, exitCodes.unavailable);
}

/** Undefined where none runs, or another log is its. */
export function ofRunning({ dataFolder }: Settings, logUrl: string): string | undefined {
  const running = findRunning(dataFolder);
  return running?.eventStoreUrl === logUrl ? running.mongodbUrl : undefined;
}
