import { join } from 'node:path';
import { startEmbeddedMongo } from '#embedded-mongodb';
import type { Settings } from '#platform';
import type { ReadModelConnection } from '#read-model';
import { Refusal } from '../refusal.js';
import { reachMongo } from '../start/reach-mongo.js';
import { ofRunning } from './read-model-documents.js';

/**
 * Where the read model of a log is: MONGODB_URL, else the docket that runs on the data folder, where it is with this log, else the folder
 * itself, whose store is then opened for as long as the command takes. Throws Refusal where it cannot be reached.
 */
export async function reachReadModelStore(settings: Settings, logUrl: string): Promise<ReadModelConnection> {
  const url = settings.mongodbUrl ?? ofRunning(settings, logUrl);
  if (url !== undefined) return reachMongo(url);
  const store = await startEmbeddedMongo({ folder: join(settings.dataFolder, 'documents') }).catch((error: Error) => {
    throw new Refusal(error.message, undefined, { cause: error });
  });
  const mongo = await reachMongo(store.url);
  return {
    db: mongo.db,
    async close() {
      await mongo.close();
      await store.stop();
    },
  };
}
