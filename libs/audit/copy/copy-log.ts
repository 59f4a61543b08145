import type { EventLog, RecordedEvent } from '#event-store';
import { CanonicalLines, Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { OrderedWriter } from './ordered-writer.js';
import type { Positions } from '../positions.js';

/** The store that is to hold the copy holds something else. */
export class NotThisLog extends Error {
  constructor({ stream, revision, type }: RecordedEvent, instead: RecordedEvent | undefined) {
    super(
      `The other store is neither empty nor the beginning of a copy of this log: it holds event ${revision} of ${stream} (${type}) where ` +
        `${instead ? `the log has event ${instead.revision} of ${instead.stream} (${instead.type})` : 'the log has ended'}. Take an empty store`,
    );
    this.name = 'NotThisLog';
  }
}

export interface CopyOptions {
  /** A whole log from its first event on, as stored. */
  readonly events: AsyncIterable<RecordedEvent>;
  /** Empty, or with the beginning of the same log, as a copy that was cut off leaves it. Nobody else may write there. */
  readonly to: EventLog;
  /** Called with the position of every event that was read from the log. */
  readonly onProgress?: (position: bigint) => void;
}

/** `already`: how many events were there before. */
export interface Copied extends LogSummary {
  readonly already: number;
}

/**
 * Writes all events into another store: the same streams, revisions, ids, data and metadata, in the same order over all streams. Positions
 * are the other store's, also those that events hold. May be repeated: it goes on where it was cut off. Gives back the summary of
 * what it was given. Throws NotThisLog, and what EventLog.append throws.
 */
export async function copyLog({ events, to, onProgress }: CopyOptions): Promise<Copied> {
  const source = new Fingerprint();
  const there = new Prefix(to);
  const writer = new OrderedWriter(to, source.positions, there.positions);
  let already = 0;
  try {
    for await (const event of events) {
      const line = source.add(event);
      if (await there.holds(event, line)) already++;
      else await writer.write(event, Buffer.byteLength(line));
      onProgress?.(event.position);
    }
    await there.end();
  } finally {
    await there.close();
  }
  await writer.flush();
  return { ...source.summary, already };
}

/** What the other store holds already: read beside the log for as long as it goes. */
class Prefix {
  private readonly lines = new CanonicalLines();
  private readonly events: AsyncIterator<RecordedEvent, unknown>;
  private ended = false;

  constructor(log: EventLog) {
    this.events = log.readAll({ asStored: true })[Symbol.asyncIterator]();
  }

  get positions(): Positions {
    return this.lines.positions;
  }

  /** Whether the next event is there already. Throws NotThisLog where another one is. */
  async holds(event: RecordedEvent, line: string): Promise<boolean> {
    const next = await this.next();
    if (next && this.lines.next(next) !== line) throw new NotThisLog(next, event);
    return next !== undefined;
  }

  async end(): Promise<void> {
    const next = await this.next();
    if (next) throw new NotThisLog(next, undefined);
  }

  /** A read that is left in the middle has to be told. */
  async close(): Promise<void> {
    await this.events.return?.();
  }

  private async next(): Promise<RecordedEvent | undefined> {
    if (this.ended) return undefined;
    const next = await this.events.next();
    if (!next.done) return next.value;
    this.ended = true;
    return undefined;
  }
}
