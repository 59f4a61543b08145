import { NotSerialisable, WrongExpectedRevision } from '../errors.js';
import type { RecordedEvent } from '../event.js';
import { catalogue, type EventCatalogue, type StoredEvent } from '../event-catalogue.js';
import type {
  Appended,
  EventLog,
  ExpectedRevision,
  PendingEvent,
  ReadAllOptions,
  ReadOptions,
  SubscribeOptions,
} from '../event-log.js';
import { decodedOrUnreadable } from '../unreadable-event.js';

/** Stored as text, so that each reader gets objects of its own, as from the real store. */
interface Row extends Omit<StoredEvent, 'data' | 'metadata'> {
  readonly data: string;
  readonly metadata: string;
}

/** A log for specs: keeps every promise of EventLog but durability. */
export class InMemoryEventLog implements EventLog {
  private readonly rows: Row[] = [];
  private readonly streams = new Map<string, Row[]>();
  private readonly onAppend = new Set<() => void>();

  constructor(private readonly types: EventCatalogue = catalogue({})) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly PendingEvent[]): Promise<Appended> {
    const rows = this.streams.get(stream) ?? [];
    const actual = rows.length - 1;
    const wanted = expected === 'any' ? actual : expected === 'no-stream' ? -1 : expected;
    const texts = events.map((event) => ({
      data: text(stream, event, 'data'),
      metadata: text(stream, event, 'metadata'),
    }));
    if (wanted !== actual) {
      const there = rows.slice(wanted + 1, wanted + 1 + events.length); // the real store recognises a repetition by its place
      const repeated = there.length === events.length && there.every(({ id }, index) => id === events[index]!.id);
      if (!repeated) throw new WrongExpectedRevision(stream, expected, actual);
      return placeOf(there);
    }
    for (const [index, { id, type }] of events.entries()) {
      const row = { id, type, stream, revision: rows.length, position: BigInt(this.rows.length + 1), ...texts[index]! };
      rows.push(row);
      this.rows.push(row);
    }
    this.streams.set(stream, rows);
    for (const wake of [...this.onAppend]) wake();
    return placeOf(rows);
  }

  async *read(
    stream: string,
    { from, direction = 'forwards', max = Infinity, asStored, signal }: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const rows = this.streams.get(stream) ?? [];
    const wanted =
      direction === 'forwards' ? rows.slice(from) : rows.slice(0, from === undefined ? undefined : from + 1).reverse();
    for (const row of wanted.slice(0, max)) {
      if (signal?.aborted) return;
      yield this.presented(row, asStored);
    }
  }

  async *readAll({
    after,
    direction = 'forwards',
    max = Infinity,
    asStored,
    withUnreadable,
    signal,
  }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const rows = direction === 'forwards' ? this.rows : this.rows.toReversed();
    const beyond = ({ position }: Row) =>
      after === undefined || (direction === 'forwards' ? position > after : position < after);
    for (const row of rows.filter(beyond).slice(0, max)) {
      if (signal?.aborted) return;
      yield withUnreadable ? decodedOrUnreadable(this.types, stored(row)) : this.presented(row, asStored);
    }
  }

  async *subscribe({ after, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    for (let next = Number(after ?? 0n); !signal?.aborted;) {
      const row = this.rows[next];
      if (row) {
        next++;
        yield decodedOrUnreadable(this.types, stored(row));
      } else await this.nextAppend(signal);
    }
  }

  async head(): Promise<bigint | undefined> {
    return this.rows.at(-1)?.position;
  }

  async close(): Promise<void> {}

  private presented(row: Row, asStored = false): RecordedEvent {
    return asStored ? (stored(row) as RecordedEvent) : this.types.decode(stored(row));
  }

  private nextAppend(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.onAppend.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.onAppend.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}

const stored = ({ data, metadata, ...row }: Row): StoredEvent => ({
  ...row,
  data: JSON.parse(data),
  metadata: JSON.parse(metadata),
});

function placeOf(rows: readonly Row[]): Appended {
  const { revision, position } = rows.at(-1)!;
  return { revision, position };
}

function text(stream: string, event: PendingEvent, part: 'data' | 'metadata'): string {
  try {
    return JSON.stringify(event[part]);
  } catch (cause) {
    throw new NotSerialisable(stream, event.type, part, cause);
  }
}
