import { MongoClient } from 'mongodb';
import type { Collection, CollectionOptions, Db } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import type { AlertDocument } from './alert-document.js';
import type { EntityDocument } from './entity.js';
import type { StoredIncident } from './incident-search.js';
import type { ParkedDocument } from './parking/parked.js';

export interface CheckpointDocument {
  /** Name of the projection. */
  readonly _id: string;
  readonly position: bigint;
  /** An event that stands there or before it: by it the log is known from any other. One of an earlier Docket has none. */
  readonly event?: ProjectedEvent;
}

export type ProjectedEvent = Pick<RecordedEvent, 'stream' | 'revision' | 'id' | 'position'>;

export interface Collections {
  readonly incidents: Collection<StoredIncident>;
  readonly entities: Collection<EntityDocument>;
  readonly alerts: Collection<AlertDocument>;
  readonly checkpoints: Collection<CheckpointDocument>;
  readonly parked: Collection<ParkedDocument>;
}

/** Only majority writes that are read with majority never go back; positions need all of their 64 bits. */
const settled: CollectionOptions = {
  useBigInt64: true,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
};

/**
 * Of the documents' shape. To be raised when it changes: documents and checkpoints of another version are not read, and the read model is made
 * anew from the log. Those that are left behind may be dropped.
 */
const version = 2;

export function collectionsOf(db: Db): Collections {
  return {
    incidents: db.collection<StoredIncident>(`incidents_v${version}`, settled),
    entities: db.collection<EntityDocument>(`entities_v${version}`, settled),
    alerts: db.collection<AlertDocument>(`alerts_v${version}`, settled),
    checkpoints: db.collection<CheckpointDocument>(`checkpoints_v${version}`, settled),
    parked: db.collection<ParkedDocument>(`parked_v${version}`, settled),
  };
}

export interface ReadModelConnection {
  readonly db: Db;
  close(): Promise<void>;
}

/** `url`: a MongoDB connection string; the database is the one that it names, else `docket`. Rejects after 10 s without a server. */
export async function connectMongo(url: string): Promise<ReadModelConnection> {
  const client = new MongoClient(url, { useBigInt64: true, serverSelectionTimeoutMS: 10_000, appName: 'docket' });
  await client.connect();
  return { db: client.db(databaseOf(url)), close: () => client.close() };
}

export function databaseOf(url: string): string {
  const [, name] = /^[^:]+:\/\/[^/?]*\/([^?]*)/.exec(url) ?? [];
  return name || 'docket';
}
