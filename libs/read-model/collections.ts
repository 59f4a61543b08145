import { MongoClient } from 'mongodb';
import type { Collection, CollectionOptions, Db } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import type { AlertDocument } from './alert-document.js';
import type { StoredIncident } from './incident-search.js';

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
  readonly alerts: Collection<AlertDocument>;
  readonly checkpoints: Collection<CheckpointDocument>;
}

/** Only majority writes that are read with majority never go back; positions need all of their 64 bits. */
const settled: CollectionOptions = {
  useBigInt64: true,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
};

export function collectionsOf(db: Db): Collections {
  return {
    incidents: db.collection<StoredIncident>('incidents', settled),
    alerts: db.collection<AlertDocument>('alerts', settled),
    checkpoints: db.collection<CheckpointDocument>('checkpoints', settled),
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
