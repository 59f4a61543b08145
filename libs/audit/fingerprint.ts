import { createHash } from 'node:crypto';
import type { RecordedEvent } from '#event-store';
import { heldPosition, holding } from './held-position.js';
import { Positions } from './positions.js';

/**
 * Writes the events of a log, from its first one on, so that the same log reads the same in whichever store it stands. Positions, which
 * every store gives out by itself, are left out; where an event holds the position of another one, the place of that in the log is
 * written instead: 1 for the first.
 */
export class CanonicalLines {
  readonly positions = new Positions();

  /** Stream, revision, id, type, data and metadata of the event that comes next, as one line of JSON. */
  next(event: RecordedEvent): string {
    const held = heldPosition(event);
    const { stream, revision, id, type, data, metadata } =
      held === undefined ? event : holding(event, BigInt(this.positions.upTo(held)));
    this.positions.add(event.position);
    return JSON.stringify({ stream, revision, id, type, data, metadata: metadata ?? {} });
  }
}

/** What a log is told by: how much it holds, and the fingerprint of that. */
export interface LogSummary {
  readonly events: number;
  /** Of the last event, in the store that was read; undefined where there is none. */
  readonly position: bigint | undefined;
  /** `sha256:…` in hexadecimal. */
  readonly fingerprint: string;
}

/**
 * SHA-256 over the canonical lines of all events in the order of the log, each with a line feed behind it. Equal fingerprints: the same
 * events in the same streams at the same revisions, in the same order over all streams. Independent of positions (see CanonicalLines),
 * so that a log has the same fingerprint in the embedded store, in EventStoreDB and in a backup.
 */
export class Fingerprint {
  private readonly hash = createHash('sha256');
  private readonly lines = new CanonicalLines();
  private last: bigint | undefined;

  /** The events of the log from its first one on, one after the other. Gives back the canonical line. */
  add(event: RecordedEvent): string {
    const line = this.lines.next(event);
    this.hash.update(line).update('\n');
    this.last = event.position;
    return line;
  }

  /** Of the events so far. */
  get summary(): LogSummary {
    const fingerprint = `sha256:${this.hash.copy().digest('hex')}`;
    return { events: this.lines.positions.size, position: this.last, fingerprint };
  }

  get positions(): Positions {
    return this.lines.positions;
  }
}

/** Reads all of `events`. */
export async function summaryOf(
  events: AsyncIterable<RecordedEvent>,
  onEvent?: (position: bigint) => void,
): Promise<LogSummary> {
  const fingerprint = new Fingerprint();
  for await (const event of events) {
    fingerprint.add(event);
    onEvent?.(event.position);
  }
  return fingerprint.summary;
}
