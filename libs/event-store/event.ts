/** Who did it: taken from the token of the request, or the name of a process manager. Never from a body. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly kind: 'user' | 'application' | 'system';
}

/** What a decision yields: a name in the past tense and plain JSON. A domain narrows it to a union of its own. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

export interface EventMetadata {
  readonly $correlationId: string;
  /** The id of the command that caused the event. */
  readonly $causationId: string;
  /** Hash of the command's body, where the command came with one: the same key with another body is not the same command. */
  readonly bodyHash?: string;
  readonly actor: Actor;
  /** ISO 8601, UTC, milliseconds. Never before that of the event before it in the stream. */
  readonly at: string;
  readonly schema: number;
}

export interface Recording {
  readonly id: string;
  readonly stream: string;
  /** Number of the event in its stream, from 0. */
  readonly revision: number;
  /** Place of the event in the whole store: the commit position, below 2^63. */
  readonly position: bigint;
  readonly metadata: EventMetadata;
}

/** An event as it stands in the log. `type` narrows `data`. */
export type RecordedEvent<E extends DomainEvent = DomainEvent> = E & Recording;
