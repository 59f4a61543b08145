import type { Database, RootDatabase } from 'lmdb';
import { dataLoss, resourceExhausted, unavailable } from '../protocol/status.js';
import { DELETED } from '../protocol/revision.js';
import {
  checkedEvent,
  copyDatabases,
  follows,
  idBytes,
  number64,
  openDatabases,
  readNumber64,
  revisionKey,
} from './databases.js';
import { isForWantOfRoom, reasonOf } from './failed-commit.js';
import { LastPosition, missingBehind } from './last-position.js';
import type { StoredEvent } from './record.js';

/** Some events of one stream, with the positions and revisions that the writer gave them. Stored whole or not at all. */
export interface Append {
  readonly streamId: number;
  /** The stream's name, where this append begins the stream. */
  readonly begins: string | undefined;
  readonly stream: string;
  readonly records: { readonly position: number; readonly revision: number; readonly record: Buffer }[];
}

interface Waiting extends Append {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** What the log tells those around it. */
export interface Listeners {
  /** These streams have new events on disk. */
  readonly onCommitted: (streams: Set<string>) => void;
  /**
   * The disk is full. Nothing of what was waiting was stored, and their positions, revisions and stream ids are free again. What
   * is on disk is still read, and what comes next is tried anew.
   */
  readonly onRefused: () => void;
  /** Once: the disk refused, and nothing more can be written. */
  readonly onFailure: (reason: Error) => void;
}

/** Longest stream name, in bytes of UTF-8: a key of LMDB. */
export const MAX_STREAM_NAME = 1_000;

/**
 * All events in the order of their positions, which count from 1 without a gap, and the index of each stream. Three LMDB
 * databases: `all` (position → record), `idx` (stream id, revision → position), `streams` (name → stream id).
 *
 * Appends that arrive while the disk flushes are written together by the next flush; none is acknowledged before it.
 * Whatever is read is checked: the record's checksum, that it is the event its key promises, and that no number is missing.
 */
export class EventLog {
  /** Position of the last event that is on disk; 0 in an empty store. */
  lastPosition: number;
  /** Position that the next event will get. */
  nextPosition: number;
  /** Stream id that the next stream will get. */
  nextStreamId: number;
  /** Bytes that wait for the disk. */
  backlog = 0;
  /** Why nothing more can be written; the outcome of what was waiting is unknown. */
  failure: Error | undefined;

  private readonly witness: LastPosition;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private copying: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly root: RootDatabase<Buffer, Buffer>,
    private readonly all: Database<Buffer, Buffer>,
    private readonly idx: Database<Buffer, Buffer>,
    private readonly streams: Database<Buffer, Buffer>,
    private readonly listeners: Listeners,
  ) {
    const end = this.end();
    this.lastPosition = end.position;
    this.nextPosition = end.position + 1;
    this.nextStreamId = end.streamId + 1;
    const missing = missingBehind(folder, this.lastPosition);
    if (missing) throw dataLoss(missing);
    if (this.lastPosition > 0) this.eventAt(this.lastPosition);
    this.witness = new LastPosition(folder);
  }

  static open(folder: string, listeners: Listeners): EventLog {
    const { root, all, idx, streams } = openDatabases(folder);
    return new EventLog(folder, root, all, idx, streams, listeners);
  }

  /** Resolves when the events, and all that were handed over before them, are on disk. */
  append(append: Append): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    for (const { record } of append.records) this.backlog += record.length;
    const done = new Promise<void>((resolve, reject) => this.waiting.push({ ...append, resolve, reject }));
    this.writing ??= this.write();
    return done;
  }

  /** Resolves when all that was handed over is on disk. */
  flushed(): Promise<void> {
    return this.append({ streamId: 0, begins: undefined, stream: '', records: [] });
  }

  streamId(name: string): number | undefined {
    return this.streams.get(Buffer.from(name))?.readUInt32BE(0);
  }

  /** The last event of a stream; undefined where it has none on disk. */
  last(streamId: number, stream: string): StoredEvent | undefined {
    for (const event of this.readStream(streamId, stream, DELETED, true)) return event;
    return undefined;
  }

  eventAt(position: number): StoredEvent {
    return checkedEvent(position, this.all.get(number64(position)));
  }

  /** The event of a stream at a revision; undefined where there is none on disk. */
  event(streamId: number, stream: string, revision: number): StoredEvent | undefined {
    for (const event of this.readStream(streamId, stream, revision, false))
      return event.revision === revision ? event : undefined;
    return undefined;
  }

  /** Forwards the events at and behind `from`, backwards those before it. */
  *readAll(from: number, backwards: boolean): Generator<StoredEvent> {
    const range = backwards
      ? { start: number64(Math.max(from, 0)), reverse: true, exclusiveStart: true }
      : { start: number64(from) };
    let expected = backwards ? Math.min(from - 1, this.lastPosition) : Math.max(from, 1);
    for (const { key, value } of this.all.getRange(range)) {
      if (readNumber64(key) !== expected) throw dataLoss(`The event at position ${expected} is missing`);
      yield checkedEvent(expected, value);
      expected += backwards ? -1 : 1;
    }
  }

  /** The events of a stream at `from` and behind it, backwards those at `from` and before it. */
  *readStream(streamId: number, stream: string, from: number, backwards: boolean): Generator<StoredEvent> {
    const name = Buffer.from(stream);
    const range = backwards
      ? { start: revisionKey(streamId, from), end: revisionKey(streamId - 1, DELETED), reverse: true }
      : { start: revisionKey(streamId, from), end: revisionKey(streamId + 1, 0) };
    let expected: number | undefined;
    for (const { key, value } of this.idx.getRange(range)) {
      const revision = readNumber64(key, 4);
      const event = this.eventAt(readNumber64(value));
      if (event.revision !== revision || !event.isOf(name) || (expected !== undefined && !follows(revision, expected)))
        throw dataLoss(`The index of stream '${stream}' is damaged at revision ${revision}`);
      yield event;
      expected = revision === DELETED ? undefined : backwards ? revision - 1 : revision + 1;
    }
  }

  /** Copies one state of the log, with at least what is on disk by now, to an empty folder. One copy at a time is made. */
  copyTo(folder: string): Promise<void> {
    const copy = this.copying.then(() => copyDatabases(this.root, folder));
    this.copying = copy.catch(() => undefined);
    return copy;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.copying; // it reads what is about to be closed
    await this.root.close();
    this.witness.close();
  }

  /** The last position and the last stream id that are on disk; 0 where there is none. */
  private end(): { position: number; streamId: number } {
    const [last] = this.all.getKeys({ reverse: true, limit: 1 });
    const [lastIndexed] = this.idx.getKeys({ reverse: true, limit: 1 });
    return { position: last ? readNumber64(last) : 0, streamId: lastIndexed ? lastIndexed.readUInt32BE(0) : 0 };
  }

  private async write(): Promise<void> {
    await Promise.resolve(); // what is handed over in the same turn belongs to the same transaction
    while (this.waiting.length > 0 && !this.failure) {
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.store(group);
      } catch (failure) {
        await this.giveUp(group, failure);
        continue;
      }
      const streams = new Set<string>();
      for (const { records, stream } of group) {
        for (const { position, record } of records) {
          this.backlog -= record.length;
          this.lastPosition = position;
        }
        if (records.length > 0) streams.add(stream);
      }
      this.witness.write(this.lastPosition);
      for (const { resolve } of group) resolve();
      if (streams.size > 0) this.listeners.onCommitted(streams);
    }
    this.writing = undefined;
  }

  private async store(group: Waiting[]): Promise<void> {
    const puts: Promise<boolean>[] = [];
    // One batch is one transaction.
    const committed = this.root.batch(() => {
      for (const { streamId, begins, records } of group) {
        if (begins !== undefined) puts.push(this.streams.put(Buffer.from(begins), idBytes(streamId)));
        for (const { position, revision, record } of records) {
          const key = number64(position);
          puts.push(this.all.put(key, record, { append: true } as never)); // refused where the position is taken
          puts.push(this.idx.put(revisionKey(streamId, revision), key));
        }
      }
    });
    const stored = await Promise.all([committed, ...puts]);
    if (stored.slice(1).includes(false))
      throw new Error('The event log has been written to by another process: a position was already taken.');
  }

  /** What was to be written was not, or nobody knows. */
  private async giveUp(group: Waiting[], failure: unknown): Promise<void> {
    const reason = await reasonOf(failure);
    const full = isForWantOfRoom(reason, this.folder, this.backlog);
    this.root.resetReadTxn();
    // A failed commit that is there to be read may be gone after a power cut: then nobody knows.
    if (full && this.end().position === this.lastPosition) this.refuse(group);
    else this.stop(group, reason);
  }

  private refuse(group: Waiting[]): void {
    const refused = [...group, ...this.waiting];
    this.waiting = [];
    this.backlog = 0;
    this.nextPosition = this.lastPosition + 1;
    this.nextStreamId = this.end().streamId + 1;
    this.listeners.onRefused();
    const reason = resourceExhausted('The disk is full, and nothing of this was stored. Make room, and try again.');
    for (const { reject } of refused) reject(reason);
  }

  private stop(group: Waiting[], reason: Error): void {
    this.failure = unavailable(
      `The event log cannot be written, the outcome of this append is unknown: ${reason.message}`,
    );
    for (const { reject } of [...group, ...this.waiting]) reject(this.failure);
    this.waiting = [];
    this.listeners.onFailure(reason);
  }
}
