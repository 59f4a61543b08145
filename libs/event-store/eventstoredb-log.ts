import { setMaxListeners } from 'node:events';
import {
  ANY,
  BACKWARDS,
  END,
  EventStoreDBClient,
  excludeSystemEvents,
  FORWARDS,
  isCommandError,
  NO_STREAM,
  START,
  type AppendExpectedRevision,
  type AppendResult,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { Gate } from './gate.js';
import { appendFailure, isStreamNotFound, readFailure } from './client-failures.js';
import { drain, type ClientStream } from './client-stream.js';
import { EventTooLarge, OutcomeUnknown, StoreUnavailable, UnsupportedServer } from './errors.js';
import type { RecordedEvent } from './event.js';
import type { EventCatalogue, StoredEvent } from './event-catalogue.js';
import type {
  Appended,
  EventLog,
  ExpectedRevision,
  PendingEvent,
  ReadAllOptions,
  ReadOptions,
  SubscribeOptions,
} from './event-log.js';
import { decodedOrUnreadable } from './unreadable-event.js';
import { APPEND_LIMIT, serialise, type SerialisedAppend } from './serialise.js';

export interface EventStoreOptions {
  /**
   * `esdb://…`, with the credentials in it: the client's fast append is only used without credentials of the single call. The client
   * keeps the answers awaited by all connections of a process in one place, where the error of one connection takes those of the others
   * along: let a process share one connection.
   */
  readonly url: string;
  readonly catalogue: EventCatalogue;
  /** How long an append may take, and how long a read may wait for the next event. Milliseconds; default 10,000. */
  readonly deadlineMs?: number;
}

/** EventStoreDB and KurrentDB through `@eventstore/db-client`. Connects with the first call. */
export function connectEventStore(options: EventStoreOptions): EventLog {
  return new EventStoreDbLog(options);
}

/**
 * As soon as 16 messages wait to be sent, the client puts more in a queue of its own; an error of the connection rejects what waits
 * there with nobody to catch it, which ends the process. So it never gets that many. Of the module, as the client's bookkeeping is.
 */
const gate = new Gate(15);

/** What a bounded read of everything asks for beyond its bound: room for system events, which are left out. */
const PAGE_SLACK = 32;

/** From here on a position means that the server does not say it. */
const UNSAID = 2n ** 63n;

/** Events read ahead of a slow consumer; what is more waits at the server. */
const READ_AHEAD = 256;

class EventStoreDbLog implements EventLog {
  /** Apart from the writer, because letting go of a client silences its subscriptions without ending them. */
  private readonly reader: EventStoreDBClient;
  private writer: EventStoreDBClient;
  private renewal: Promise<void> | undefined;
  private readonly closing = new AbortController();
  private readonly deadlineMs: number;

  constructor(private readonly options: EventStoreOptions) {
    setMaxListeners(0, this.closing.signal); // each read under way listens
    this.deadlineMs = options.deadlineMs ?? 10_000;
    this.reader = EventStoreDBClient.connectionString(options.url);
    this.writer = EventStoreDBClient.connectionString(options.url);
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly PendingEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError('An append has at least one event');
    const { bytes, messages } = serialise(stream, events);
    if (bytes > APPEND_LIMIT) throw new EventTooLarge(stream, bytes, APPEND_LIMIT);

    const deadline = Date.now() + this.deadlineMs;
    const { nextExpectedRevision, position } = await gate.pass(() => {
      if (this.closing.signal.aborted) throw new StoreUnavailable('the connection was closed');
      const remaining = deadline - Date.now();
      if (remaining <= 0) throw new StoreUnavailable(`no append was answered within ${this.deadlineMs} ms`);
      return this.send(stream, expected, { bytes, messages }, remaining);
    });
    const revision = Number(nextExpectedRevision);
    return { revision, position: position?.commit ?? (await this.positionOf(stream, revision)) };
  }

  async *read(
    stream: string,
    { from, direction = 'forwards', max, asStored, signal }: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const call = this.reader.readStream(stream, {
      direction: direction === 'forwards' ? FORWARDS : BACKWARDS,
      fromRevision: from !== undefined ? BigInt(from) : direction === 'forwards' ? START : END,
      ...(max !== undefined && { maxCount: max }),
    });
    for await (const event of this.recorded(
      { items: call, cancel: () => call.cancel() },
      { silenceMs: this.deadlineMs, signal },
    )) {
      yield this.presented(event, asStored);
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    for await (const event of this.storedEvents(options))
      yield options.withUnreadable
        ? decodedOrUnreadable(this.options.catalogue, event)
        : this.presented(event, options.asStored);
  }

  async *subscribe({ after, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    const call = this.reader.subscribeToAll(
      {
        fromPosition: after === undefined ? START : { commit: after, prepare: after },
        // No `checkpointReached`: it runs ahead of the consumer. The position is that of the last event handled.
        filter: excludeSystemEvents({ checkpointInterval: 1_000 }),
      },
      { highWaterMark: READ_AHEAD },
    );
    for await (const event of this.recorded({ items: call, cancel: () => call.unsubscribe() }, { signal })) {
      if (!isSystem(event)) yield decodedOrUnreadable(this.options.catalogue, event);
    }
  }

  async head(): Promise<bigint | undefined> {
    for await (const { position } of this.storedEvents({ direction: 'backwards', max: 1 })) return position;
    return undefined;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await gate.whileEmpty(() => this.writer.dispose());
    await this.reader.dispose();
  }

  private async send(
    stream: string,
    expected: ExpectedRevision,
    { bytes, messages }: SerialisedAppend,
    deadline: number,
  ): Promise<AppendResult> {
    await this.renewal;
    const { writer } = this;
    let overdue: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_, reject) => {
      overdue = setTimeout(() => reject(new Error(`no answer within ${deadline} ms`)), deadline);
    });
    try {
      const sent = writer.appendToStream(stream, messages, { expectedRevision: clientRevision(expected), deadline });
      return await Promise.race([sent, expiry]);
    } catch (error) {
      if (!isCommandError(error as Error)) this.renew(writer);
      throw appendFailure(stream, expected, error, bytes);
    } finally {
      clearTimeout(overdue);
    }
  }

  /**
   * The client keeps for ever a stream that nobody answers any more, and a failed question for what the server can do. Letting go of
   * it rejects all that is under way, and an answer that comes afterwards would end the process: so nothing new is sent meanwhile.
   */
  private renew(broken: EventStoreDBClient): void {
    if (this.writer !== broken) return;
    this.writer = EventStoreDBClient.connectionString(this.options.url);
    this.renewal = broken.dispose().catch(() => {});
  }

  /** The answer to an append that the store recognised as a repetition may come without a position. */
  private async positionOf(stream: string, revision: number): Promise<bigint> {
    for await (const event of this.read(stream, { from: revision, max: 1 })) return event.position;
    throw new OutcomeUnknown(stream, `event ${revision} cannot be read back`);
  }

  private presented(event: StoredEvent, asStored = false): RecordedEvent {
    return asStored ? (event as RecordedEvent) : this.options.catalogue.decode(event);
  }

  private async *storedEvents({
    after,
    direction = 'forwards',
    max,
    signal,
  }: ReadAllOptions): AsyncGenerator<StoredEvent> {
    const forwards = direction === 'forwards';
    let cursor = after;
    let wanted = max ?? Infinity;
    for (;;) {
      const maxCount = wanted === Infinity ? Number.MAX_SAFE_INTEGER : wanted + PAGE_SLACK;
      const call = this.reader.readAll({
        direction: forwards ? FORWARDS : BACKWARDS,
        fromPosition: cursor !== undefined ? { commit: cursor, prepare: cursor } : forwards ? START : END,
        maxCount,
      });
      let read = 0;
      for await (const event of this.recorded(
        { items: call, cancel: () => call.cancel() },
        { silenceMs: this.deadlineMs, signal },
      )) {
        read++;
        if (cursor !== undefined && (forwards ? event.position <= cursor : event.position >= cursor)) continue;
        cursor = event.position;
        if (isSystem(event)) continue;
        yield event;
        if (--wanted === 0) return;
      }
      if (read < maxCount) return;
    }
  }

  private async *recorded(call: ClientStream, { silenceMs, signal }: WaitOptions): AsyncGenerator<StoredEvent> {
    const closing = this.closing.signal;
    try {
      for await (const resolved of drain<ResolvedEvent>(call, signal ? [closing, signal] : [closing], silenceMs)) {
        if (resolved.event) yield stored(resolved);
      }
    } catch (error) {
      if (isStreamNotFound(error)) return;
      throw readFailure(error);
    }
    if (closing.aborted && !signal?.aborted) {
      throw new StoreUnavailable('the connection was closed'); // or what was read would pass for all there is
    }
  }
}

interface WaitOptions {
  readonly silenceMs?: number;
  readonly signal?: AbortSignal | undefined;
}

function stored({ event, commitPosition }: ResolvedEvent): StoredEvent {
  const { id, streamId, revision, type, data, metadata, position } = event!;
  const commit = commitPosition ?? position?.commit;
  if (commit === undefined || commit >= UNSAID) {
    throw new UnsupportedServer('it does not say at which position the events of a stream stand');
  }
  return { id, stream: streamId, revision: Number(revision), position: commit, type, data, metadata };
}

function isSystem({ type }: StoredEvent): boolean {
  return type.startsWith('$');
}

function clientRevision(expected: ExpectedRevision): AppendExpectedRevision {
  if (expected === 'any') return ANY;
  return expected === 'no-stream' ? NO_STREAM : BigInt(expected);
}
