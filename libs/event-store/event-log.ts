import type { EventMetadata, RecordedEvent } from './event.js';

/** An event on its way into the log. */
export interface PendingEvent {
  /** A UUID. Repeating an append with the same ids and the same expected revision writes once. */
  readonly id: string;
  readonly type: string;
  /** Plain JSON. */
  readonly data: object;
  readonly metadata: EventMetadata;
}

/** The revision that the stream must have: that of its last event; `any` forgoes the check. */
export type ExpectedRevision = number | 'no-stream' | 'any';

/** Where the last event of an append stands. */
export interface Appended {
  readonly revision: number;
  readonly position: bigint;
}

export type Direction = 'forwards' | 'backwards';

/** The port to the store: streams of events that are appended and read, never changed. */
export interface EventLog {
  /**
   * Writes all of `events` or none; resolves when they are durable.
   * Rejects with WrongExpectedRevision, StoreUnavailable, StoreRefused, EventTooLarge (more than 900 KiB), NotSerialisable,
   * after all of which nothing is written, or with OutcomeUnknown, after which nobody knows.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly PendingEvent[]): Promise<Appended>;

  /**
   * One stream; `from` is the revision of the first event wanted (default: the first, backwards the last). A stream that does not
   * exist is empty. Throws StoreUnavailable, StoreRefused, and MalformedEvent where it is not read `asStored`.
   */
  read(stream: string, options?: ReadOptions): AsyncIterable<RecordedEvent>;

  /** All streams in the order of positions, without system events (`$…`). `after` is exclusive, in either direction. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /**
   * All events after the position `after` (default: all there are), then those to come, without system events. It may end or throw
   * at any time, at a drop of the connection for one: `follow` is what survives that. `signal` ends it. Events that cannot be decoded come
   * as UnreadableEvent: one of them must not end it for everybody.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<RecordedEvent>;

  /** Position of the last event that is not a system event; undefined while there is none. */
  head(): Promise<bigint | undefined>;

  /** Waits for appends under way, then lets go of the connection. */
  close(): Promise<void>;
}

export interface ReadOptions extends AnyRead {
  readonly from?: number;
}

export interface ReadAllOptions extends AnyRead {
  readonly after?: bigint;
  /** Events that cannot be decoded come as UnreadableEvent, as in a subscription; otherwise they are thrown as MalformedEvent. */
  readonly withUnreadable?: boolean;
}

interface AnyRead {
  readonly direction?: Direction;
  readonly max?: number;
  /**
   * Events exactly as they stand in the store, untouched by upcasters and unchecked: for whoever copies them, or must see what was
   * written. What a stranger wrote may then have data and metadata of any kind, also none.
   */
  readonly asStored?: boolean;
  /** Ends it as if there were no more. */
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions {
  readonly after?: bigint | undefined;
  readonly signal?: AbortSignal;
}
