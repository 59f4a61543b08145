import type { Actor, DomainEvent, RecordedEvent } from './event.js';

/** Why nothing is done: a value, not an exception. A domain adds what it wants to say. */
export interface Refusal {
  /** A stable code. */
  readonly refused: string;
}

/** The fold of a stream. */
export interface Decider<State, Event extends DomainEvent> {
  initial(): State;
  /**
   * May change `state` and return the same object. Leaves events of types that it does not know aside. Of an event that was just
   * appended together with others, `position` is that of the last of them: a state should not keep positions.
   */
  evolve(state: State, event: RecordedEvent<Event>): State;
}

/** What comes with every command, whatever it wants. */
export interface Command {
  /** A UUID. The same id on the same stream is the same command: it is carried out once. */
  readonly id: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** Hash of the body that came with the id, if one did. */
  readonly bodyHash?: string;
}

/** A stream, folded. */
export interface Folded<State> {
  readonly state: State;
  /** Revision of the stream's last event; -1 where there is no stream. */
  readonly revision: number;
  /** Position of the stream's last event; 0n where there is none. */
  readonly position: bigint;
  /** When the stream's last event happened: ISO 8601. */
  readonly at?: string;
}

/** What became of a command. */
export type Execution<Event extends DomainEvent, R extends Refusal> =
  /** `repeated`: the same command was carried out before; this is the answer that it got. `events` are the types, in order. */
  | {
      readonly outcome: 'appended' | 'repeated';
      readonly revision: number;
      readonly position: bigint;
      readonly events: readonly Event['type'][];
    }
  /** There was nothing to do; revision and position are those of the stream's last event. */
  | {
      readonly outcome: 'unchanged';
      readonly revision: number;
      readonly position: bigint;
      readonly events: readonly [];
    }
  | { readonly outcome: 'refused'; readonly refusal: R };
