import { join } from 'node:path';
import { startEmbeddedEventStore } from '#embedded-eventstore';
import { startEmbeddedMongo } from '#embedded-mongodb';
import { connectEventStore, sharingSubscription } from '#event-store';
import type { EventLog } from '#event-store';
import type { Settings } from '#platform';
import { docketEvents } from '#process-managers';
import type { ReadModelConnection } from '#read-model';
import { Refusal } from '../refusal.js';
import { reachMongo } from './reach-mongo.js';

export interface Stores {
  readonly log: EventLog;
  readonly mongo: ReadModelConnection;
  /** For connections of other threads. */
  readonly addresses: { readonly eventStoreUrl: string; readonly mongodbUrl: string };
  /** Resolves with the reason when an embedded store dies: nothing can be promised from then on. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** Connects to the stores that the settings name, and starts an embedded one for each that they do not. */
export async function openStores({ dataFolder, eventStoreUrl, mongodbUrl }: Settings): Promise<Stores> {
  const [events, documents] = await Promise.all([
    eventStoreUrl === undefined ? startEmbeddedEventStore({ folder: join(dataFolder, 'events') }) : undefined,
    mongodbUrl === undefined ? startEmbeddedMongo({ folder: join(dataFolder, 'documents') }) : undefined,
  ]).catch((error: Error) => {
    throw new Refusal(error.message);
  });
  const addresses = { eventStoreUrl: events?.url ?? eventStoreUrl!, mongodbUrl: documents?.url ?? mongodbUrl! };
  const log = sharingSubscription(connectEventStore({ url: addresses.eventStoreUrl, catalogue: docketEvents }));
  const mongo = await reachMongo(addresses.mongodbUrl);
  const embedded = [events, documents].filter((store) => store !== undefined);
  return {
    log,
    mongo,
    addresses,
    failed: Promise.race(embedded.map(({ failed }) => failed)),
    async close() {
      await Promise.all([log.close(), mongo.close()]);
      await Promise.all(embedded.map((store) => store.stop()));
    },
  };
}
