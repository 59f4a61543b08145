import type { Settings } from '#platform';
import { ReadModel, connectMongo } from '#read-model';
import type { IncidentDocument } from '#read-model';
import { Refusal } from '../refusal.js';
import { findRunning } from '../start/running.js';

export interface ReachedReadModel {
  readonly readModel: ReadModel;
  close(): Promise<void>;
}

/**
 * The read model of the log that the settings mean: of MONGODB_URL, else of the docket that runs on the data folder with this log;
 * undefined where there is neither. That of a folder on which nothing runs is as old as its last run. Throws Refusal where the store does not answer.
 */
export async function reachReadModel(settings: Settings): Promise<ReachedReadModel | undefined> {
  const url = settings.mongodbUrl ?? ofRunning(settings);
  if (url === undefined) return undefined;
  const mongo = await connectMongo(url).catch((error: Error) => {
    throw new Refusal(`MongoDB cannot be reached (${error.message}): check that it runs, and MONGODB_URL`);
  });
  return { readModel: new ReadModel(mongo.db), close: () => mongo.close() };
}

function ofRunning({ dataFolder, eventStoreUrl }: Settings): string | undefined {
  const running = findRunning(dataFolder);
  return eventStoreUrl === undefined || eventStoreUrl === running?.eventStoreUrl ? running?.mongodbUrl : undefined;
}

/** Every document of the collection `incidents`, by number: what comes while it is read comes at the end. */
export async function* documentsOf(readModel: ReadModel): AsyncGenerator<IncidentDocument> {
  let cursor: string | undefined;
  do {
    const { value, nextCursor } = await readModel.queue({ sort: 'id', limit: 200, cursor });
    yield* value;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
