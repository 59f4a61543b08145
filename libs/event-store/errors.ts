/** Every error of this library: `code` is stable, the message says what to do. */
export abstract class EventStoreError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Somebody else appended first. Nothing was written. */
export class WrongExpectedRevision extends EventStoreError {
  readonly code = 'wrong-expected-revision';

  constructor(
    readonly stream: string,
    readonly expected: number | string,
    /** -1: there is no such stream. */
    readonly actual: number,
  ) {
    super(`${stream} is at revision ${actual}, not at ${expected}: read on from there and decide again`);
  }
}

/** The store may or may not have written. Only a repeat with the same ids tells. */
export class OutcomeUnknown extends EventStoreError {
  readonly code = 'outcome-unknown';

  constructor(
    readonly stream: string,
    cause: unknown,
  ) {
    super(
      `It is not known whether the append to ${stream} was written (${reason(cause)}): repeat it with the same command id`,
      { cause },
    );
  }
}

/** The store could not be reached, or did not answer a read. Nothing was written. */
export class StoreUnavailable extends EventStoreError {
  readonly code = 'store-unavailable';

  constructor(cause: unknown) {
    super(
      `The event store cannot be reached (${reason(cause)}): check that it runs and EVENTSTORE_URL, then try again`,
      {
        cause,
      },
    );
  }
}

/** The store answered, and refuses: credentials, access rights, a deleted stream. Nothing was written. */
export class StoreRefused extends EventStoreError {
  readonly code = 'store-refused';

  constructor(what: string, cause: unknown) {
    super(
      `The event store refused ${what} (${reason(cause)}): check the credentials in EVENTSTORE_URL and the stream's access rights`,
      {
        cause,
      },
    );
  }
}

export class UnsupportedServer extends EventStoreError {
  readonly code = 'unsupported-server';

  constructor(what: string) {
    super(`This event store cannot be used (${what}): take EventStoreDB 22.10 to 24 or KurrentDB`);
  }
}

export class EventTooLarge extends EventStoreError {
  readonly code = 'event-too-large';

  constructor(
    readonly stream: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(`The append to ${stream} has ${bytes} bytes; the store takes ${limit}: split it into several appends`);
  }
}

export class NotSerialisable extends EventStoreError {
  readonly code = 'not-serialisable';

  constructor(stream: string, type: string, part: 'data' | 'metadata', cause: unknown) {
    super(
      `The ${part} of ${type} for ${stream} is not plain JSON (${reason(cause)}): convert it before it is appended`,
      {
        cause,
      },
    );
  }
}

/** A stored event that cannot be understood. Whoever reads its stream stops; subscriptions hand it on as UnreadableEvent. */
export class MalformedEvent extends EventStoreError {
  readonly code = 'malformed-event';

  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly type: string,
    what: string,
    cause?: unknown,
  ) {
    super(
      `Event ${revision} of ${stream} (${type}) ${what}: find out who wrote it; an upcaster in the catalogue can repair it`,
      { cause },
    );
  }
}

/** A type that the catalogue does not name may be read, never written. */
export class UnknownEventType extends EventStoreError {
  readonly code = 'unknown-event-type';

  constructor(type: string) {
    super(`The catalogue has no event type ${type}: add it before such an event is appended`);
  }
}

/** The stream changed under every attempt. Nothing was written. */
export class ConcurrentUpdates extends EventStoreError {
  readonly code = 'concurrent-updates';

  constructor(
    readonly stream: string,
    readonly attempts: number,
  ) {
    super(`${stream} was changed by others during ${attempts} attempts: try again in a moment`);
  }
}

/** The caller decided on a revision that is not the current one. Nothing was written. */
export class StaleRevision extends EventStoreError {
  readonly code = 'stale-revision';

  constructor(
    readonly stream: string,
    readonly expected: number,
    /** -1: there is no such stream. */
    readonly actual: number,
  ) {
    super(`${stream} is at revision ${actual}, not at ${expected}: read it again and decide on what it is now`);
  }
}

/** A subscription that is connected brings nothing, though the store has more. */
export class SubscriptionSilent extends EventStoreError {
  readonly code = 'subscription-silent';

  constructor(subscription: string, milliseconds: number) {
    super(`${subscription} brought nothing for ${milliseconds} ms, though the store has more: it is renewed`);
  }
}

/** The same command id came with another body. Nothing was written. */
export class CommandIdReused extends EventStoreError {
  readonly code = 'command-id-reused';

  constructor(
    readonly stream: string,
    readonly commandId: string,
  ) {
    super(`Command ${commandId} was carried out on ${stream} with another body: use a new idempotency key`);
  }
}

export class PositionNotReached extends EventStoreError {
  readonly code = 'position-not-reached';

  constructor(
    readonly subscription: string,
    readonly wanted: bigint,
    readonly position: bigint | undefined,
    waited: string,
  ) {
    super(
      `${subscription} is at position ${position ?? 'none'}, not yet at ${wanted}, ${waited}: try again in a moment`,
    );
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
