import {
  EventStoreError,
  EventTooLarge,
  OutcomeUnknown,
  StoreRefused,
  StoreUnavailable,
  WrongExpectedRevision,
} from './errors.js';
import type { ExpectedRevision } from './event-log.js';

/** The client's errors carry a `type`; an error of gRPC that it passes on as it is has none. */
interface ClientError extends Error {
  readonly type?: string;
  readonly actualVersion?: bigint | 'no_stream';
  readonly maxAppendSize?: number;
}

/** gRPC's words where a call could not even leave: nothing reached the server. */
const NEVER_SENT = /No connection established|Name resolution failed/;

/** What a failed append means: anything of which it is not certain that nothing was written is OutcomeUnknown. */
export function appendFailure(
  stream: string,
  expected: ExpectedRevision,
  cause: unknown,
  bytes: number,
): EventStoreError {
  const error = cause as ClientError;
  switch (error.type) {
    case 'wrong-expected-version':
      return new WrongExpectedRevision(
        stream,
        expected,
        typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : -1,
      );
    case 'maximum-append-size-exceeded':
      return new EventTooLarge(stream, bytes, error.maxAppendSize ?? 0);
    case 'not-leader': // the client goes to the leader next
      return new StoreUnavailable(error);
    case 'access-denied':
    case 'stream-deleted':
      return new StoreRefused(`an append to ${stream}`, error);
    default:
      return NEVER_SENT.test(error.message) ? new StoreUnavailable(error) : new OutcomeUnknown(stream, error);
  }
}

export function readFailure(cause: unknown): EventStoreError {
  if (cause instanceof EventStoreError) return cause;
  const { type } = cause as ClientError;
  return type === 'access-denied' || type === 'stream-deleted'
    ? new StoreRefused('a read', cause)
    : new StoreUnavailable(cause);
}

export function isStreamNotFound(cause: unknown): boolean {
  return (cause as ClientError).type === 'stream-not-found';
}
