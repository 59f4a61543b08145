import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb';

/** Of a socket whose other end is just being closed: the driver passes these on as they are. */
const ofSockets: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Whether MongoDB was away, or about to go, when this was thrown: the same may succeed later. Whether a write was carried out is not known
 * then. What a bulk of writes met the driver wraps in an error of its own.
 */
export function isStoreAway(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true;
  if (error instanceof MongoBulkWriteError && isStoreAway(error.errorResponse)) return true;
  if (
    error instanceof MongoError &&
    ['RetryableWriteError', 'RetryableError'].some((label) => error.hasErrorLabel(label))
  )
    return true;
  return error instanceof Error && ofSockets.has((error as NodeJS.ErrnoException).code);
}
