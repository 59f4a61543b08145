import type { Outcome } from '../streams/writer.js';
import { ANY, NO_STREAM, STREAM_EXISTS } from './revision.js';
import { Code, GrpcError } from './status.js';
import { bytes, empty, message, text, uint } from './wire.js';

/** The messages of EventStoreDB's v1 protocol that the server sends; events themselves are encoded in `storage/record.ts`. */

export const streamIdentifier = (field: number, stream: string) => message(field, text(3, stream));

export const subscriptionConfirmation = (id: string) => message(2, text(1, id));

export const checkpoint = (position: number) => message(3, uint(1, position), uint(2, position));

export const streamNotFound = (stream: string) => message(4, streamIdentifier(1, stream));

export const caughtUp = () => empty(8);

const position = (field: number, value: number) => message(field, uint(1, value), uint(2, value));

/** Success of Append and of BatchAppend: {1 revision, 2 no stream, 3 position, 4 no position}. */
function success(field: number, { revision, position: at }: { revision: number; position: number }): Buffer {
  return message(field, revision === NO_STREAM ? empty(2) : uint(1, revision), at === 0 ? empty(4) : position(3, at));
}

export function appendResponse(outcome: Exclude<Outcome, { kind: 'deleted' }>, expected: number): Buffer {
  if (outcome.kind === 'appended') return success(1, outcome);
  const { current } = outcome;
  const old = [
    current === NO_STREAM ? empty(2) : uint(1, current),
    ...(expected === ANY
      ? [empty(4)]
      : expected === STREAM_EXISTS
        ? [empty(5)]
        : expected >= 0
          ? [uint(3, expected)]
          : []),
  ];
  return message(2, ...old, current === NO_STREAM ? empty(7) : uint(6, current), expectedField(expected, 8, 9, 10, 11));
}

function expectedField(expected: number, revision: number, any: number, exists: number, noStream: number): Buffer {
  if (expected >= 0) return uint(revision, expected);
  return empty(expected === ANY ? any : expected === STREAM_EXISTS ? exists : noStream);
}

export const deleteResponse = (at: number) => position(1, at);

const CLIENT = 'event_store.client';

/** A google.rpc.Status with one detail, by whose type the client tells errors apart. */
interface BatchError {
  readonly code: number;
  readonly message: string;
  readonly detail: string;
  readonly value?: Buffer;
}

/** `correlation` is the client's own UUID message. */
export const batchSuccess = (correlation: Buffer, stream: string, outcome: { revision: number; position: number }) =>
  Buffer.concat([bytes(1, correlation), success(3, outcome), streamIdentifier(4, stream)]);

export function batchError(correlation: Buffer, stream: string, error: BatchError): Buffer {
  const value = error.value ?? Buffer.alloc(0);
  const detail = message(3, text(1, `type.googleapis.com/${error.detail}`), bytes(2, value));
  const status = message(2, uint(1, error.code), text(2, error.message), detail);
  return Buffer.concat([bytes(1, correlation), status, streamIdentifier(4, stream)]);
}

export const batchWrongExpectedVersion = (expected: number, current: number): BatchError => ({
  code: Code.FAILED_PRECONDITION,
  message: 'WrongExpectedVersion',
  detail: `${CLIENT}.WrongExpectedVersion`,
  value: Buffer.concat([current === NO_STREAM ? empty(2) : uint(1, current), expectedField(expected, 3, 4, 5, 6)]),
});

export const batchStreamDeleted = (stream: string): BatchError => ({
  code: Code.FAILED_PRECONDITION,
  message: `Event stream '${stream}' is deleted.`,
  detail: `${CLIENT}.StreamDeleted`,
  value: streamIdentifier(1, stream),
});

export const batchTimeout = (): BatchError => ({
  code: Code.DEADLINE_EXCEEDED,
  message: 'Timeout',
  detail: `${CLIENT}.Timeout`,
});

export const batchMaximumAppendSizeExceeded = (limit: number): BatchError => ({
  code: Code.INVALID_ARGUMENT,
  message: 'Maximum Append Size Exceeded',
  detail: `${CLIENT}.MaximumAppendSizeExceeded`,
  value: uint(1, limit),
});

/** Of a failure without a type of its own clients show the message; of `event_store.client.Unknown` they would not. */
export const batchFailure = (reason: unknown): BatchError => ({
  code: reason instanceof GrpcError ? reason.code : Code.INTERNAL,
  message: reason instanceof Error ? reason.message : String(reason),
  detail: 'google.protobuf.Empty',
});
