/** gRPC status codes that this server answers with (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
export const Code = {
  OK: 0,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
} as const;

/** A call that fails: a status, a sentence, and the trailers from which EventStoreDB clients build their own errors. */
export class GrpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly trailers: Record<string, string> = {},
  ) {
    super(message);
  }
}

export const invalidArgument = (message: string) => new GrpcError(Code.INVALID_ARGUMENT, message);

export const unavailable = (message: string) => new GrpcError(Code.UNAVAILABLE, message);

export const resourceExhausted = (message: string) => new GrpcError(Code.RESOURCE_EXHAUSTED, message);

export const dataLoss = (what: string) =>
  new GrpcError(Code.DATA_LOSS, `${what}. Stop the server and restore the folder from a backup.`);

export const streamDeleted = (stream: string) =>
  new GrpcError(Code.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

/** `expected` and `actual` in the numbers of `protocol/revision.ts`. */
export const wrongExpectedVersion = (stream: string, expected: number, actual: number) =>
  new GrpcError(
    Code.FAILED_PRECONDITION,
    `WrongExpectedVersion. Stream: ${stream}, expected version: ${expected}, actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': `${expected}`,
      'actual-version': `${actual}`,
    },
  );

export const maximumAppendSizeExceeded = (limit: number) =>
  new GrpcError(Code.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': `${limit}`,
  });

export const requiredMetadataMissing = (property: string) =>
  new GrpcError(Code.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });
