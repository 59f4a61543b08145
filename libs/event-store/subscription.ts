import type { RecordedEvent } from './event.js';
import type { EventLog } from './event-log.js';
import type { Lag } from './lag.js';
import { LogFollowing } from './log-following.js';

export interface FollowOptions {
  /** For messages. */
  readonly name: string;
  /** The position of the last event that was handled before; undefined: from the first event on. */
  readonly after?: bigint | undefined;
  /** Most events of one batch, and most that wait while one is handled. Default 500. */
  readonly maxBatch?: number;
  /**
   * How long to rest after a batch for each event that it had: seldom events are handled at once, and the more there are, the more one
   * batch serves. A rest ends where a whole batch waits. Milliseconds; default 0.
   */
  readonly restMsPerEvent?: number;
  /** How long to rest at most, for whoever may lag behind by so much. Milliseconds; default 60. */
  readonly longestRestMs?: number;
  /**
   * Called with all that has arrived, in order, never twice at a time; `position` is that of the last event. Slow handling slows the
   * store's sending. A rejection ends the following: nothing is handled after what could not be.
   */
  handle(batch: readonly RecordedEvent[], position: bigint): Promise<void>;
  /** The following has failed, and stands. */
  onFailure?(failure: Error): void;
  /** The subscription was lost, with an error or in silence, and is about to be renewed. */
  onDrop?(cause: Error | undefined): void;
  /**
   * A subscription that brings nothing though the store has more is renewed after so long, and `silent` after a third of that. The store
   * is asked ten times in such a while. Milliseconds; default 5,000.
   */
  readonly silenceMs?: number;
}

/** `silent`: nothing comes though the store has more; the subscription will be renewed. */
export type FollowingState = 'catching-up' | 'live' | 'silent' | 'reconnecting' | 'stopped' | 'failed';

/** What a following has done since it began. */
export interface Handled {
  batches: number;
  events: number;
  /** Spent handling them. */
  seconds: number;
}

export interface Following {
  /** Of the last event handled. */
  readonly position: bigint | undefined;
  readonly state: FollowingState;
  readonly failure: Error | undefined;
  readonly handled: Readonly<Handled>;
  /** Resolves when it has ended: with the failure, or with undefined after `stop`. */
  readonly done: Promise<Error | undefined>;
  /** Resolves when the batch under way is handled. */
  stop(): Promise<void>;
  /** Resolves when the event at `position` is handled; rejects with PositionNotReached after `timeoutMs`, or when it has ended. */
  reached(position: bigint, timeoutMs: number): Promise<void>;
  /** Asks the store. Throws StoreUnavailable. */
  lag(): Promise<Lag>;
}

/** Hands all events of a log to `handle`, each once and in order, for as long as it lives. */
export function follow(log: EventLog, options: FollowOptions): Following {
  return new LogFollowing(log, options);
}
