import { open, type Database, type RootDatabase } from 'lmdb';
import { DELETED } from '../protocol/revision.js';
import { dataLoss } from '../protocol/status.js';
import { isIntact, StoredEvent } from './record.js';

/** The three LMDB databases of a log. */
export interface Databases {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** position → record. */
  readonly all: Database<Buffer, Buffer>;
  /** stream id, revision → position. */
  readonly idx: Database<Buffer, Buffer>;
  /** name → stream id. */
  readonly streams: Database<Buffer, Buffer>;
}

export function openDatabases(folder: string): Databases {
  const binary = { keyEncoding: 'binary', encoding: 'binary' } as const;
  // Not overlapping: LMDB then flushes the data before it writes the page that makes it visible.
  const root = open<Buffer, Buffer>({ path: folder, noSubdir: false, overlappingSync: false, maxDbs: 8, ...binary });
  return {
    root,
    all: root.openDB<Buffer, Buffer>('all', binary),
    idx: root.openDB<Buffer, Buffer>('idx', binary),
    streams: root.openDB<Buffer, Buffer>('streams', binary),
  };
}

/**
 * Copies one state of the databases to an empty folder, while they are written to. As they are, with the pages that are free: to
 * compact them LMDB would have to follow the tree, and one that is damaged would end the process that serves the others.
 */
export const copyDatabases = (root: RootDatabase<Buffer, Buffer>, into: string): Promise<void> =>
  root.backup(into, false);

export function number64(value: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(Math.floor(value / 2 ** 32), 0);
  key.writeUInt32BE(value % 2 ** 32, 4);
  return key;
}

export const readNumber64 = (buffer: Buffer, at = 0) => buffer.readUInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4);

export function revisionKey(streamId: number, revision: number): Buffer {
  const key = Buffer.allocUnsafe(12);
  key.writeUInt32BE(streamId, 0);
  number64(revision).copy(key, 4);
  return key;
}

export function idBytes(streamId: number): Buffer {
  const value = Buffer.allocUnsafe(4);
  value.writeUInt32BE(streamId, 0);
  return value;
}

/** The event that is stored at a position. Throws DATA_LOSS where it is not the very one that was. */
export function checkedEvent(position: number, record: Buffer | undefined): StoredEvent {
  if (!record) throw dataLoss(`The event at position ${position} is missing`);
  if (!isIntact(record)) throw dataLoss(`The event at position ${position} is damaged: its checksum does not match`);
  const event = new StoredEvent(record);
  if (event.position !== position) throw dataLoss(`The event at position ${position} is another one`);
  return event;
}

/** A tombstone may stand behind any revision. */
export const follows = (revision: number, expected: number) => revision === expected || revision === DELETED;
