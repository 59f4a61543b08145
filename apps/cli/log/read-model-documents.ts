import type { CompareOptions, ShownUpTo } from '#audit';
import type { Settings } from '#platform';
import { Checkpoints, collectionsOf } from '#read-model';
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
  const collections = collectionsOf(mongo.db);
  const checkpoints = new Checkpoints(collections);
  return {
    documents: {
      incidents: collections.incidents.find().sort({ _id: 1 }),
      entities: collections.entities.find().sort({ _id: 1 }),
      alerts: collections.alerts.find().sort({ _id: 1 }),
    },
    async shownUpTo() {
      return { incidents: await checkpoints.position('incidents'), alerts: await checkpoints.position('alerts') };
    },
    close: () => mongo.close(),
  };
}

function ofRunning({ dataFolder }: Settings, logUrl: string): string | undefined {
  const running = findRunning(dataFolder);
  return running?.eventStoreUrl === logUrl ? running.mongodbUrl : undefined;
}
