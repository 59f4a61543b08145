import { MongoClient } from 'mongodb';
import type { Collection, CollectionOptions, Db, Document } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import type { AlertDocument } from './alerts/alert-document.js';
import type { EntityDocument } from './incidents/entity.js';
import type { StoredIncident } from './queue/incident-search.js';
import type { FiguresDocument } from './metrics/figures.js';
import type { MeasuredIncident } from './metrics/measured-incident.js';
import type { TagDocument } from './tags/tag-document.js';
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
  readonly figures: Collection<FiguresDocument>;
  readonly measuredIncidents: Collection<MeasuredIncident>;
  readonly tags: Collection<TagDocument>;
  readonly checkpoints: Collection<CheckpointDocument>;
  readonly parked: Collection<ParkedDocument>;
}

/** Only majority writes that are read with majority never go back; positions need all of their 64 bits. */
export const settled: CollectionOptions = {
  useBigInt64: true,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
};

/**
 * Of the documents' shape. To be raised when it changes: documents and checkpoints of another version are not read, and the read model is made
 * anew from the log. Those that are left behind may be dropped.
 */
export const shapeVersion = 3;

/** What the names of a generation's collections end in. */
export const suffixOf = (generation: number): string => `_v${shapeVersion}_${generation}`;

/** `generation`: from 1 on. Which one serves is told by `Generations`. */
export function collectionsOf(db: Db, generation: number): Collections {
  const named = <T extends Document>(name: string) => db.collection<T>(name + suffixOf(generation), settled);
  return {
    incidents: named<StoredIncident>('incidents'),
    entities: named<EntityDocument>('entities'),
    alerts: named<AlertDocument>('alerts'),
    figures: named<FiguresDocument>('figures'),
    measuredIncidents: named<MeasuredIncident>('measured_incidents'),
    tags: named<TagDocument>('tags'),
    checkpoints: named<CheckpointDocument>('checkpoints'),
    parked: named<ParkedDocument>('parked'),
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
