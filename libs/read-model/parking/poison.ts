import { MongoError, MongoInvalidArgumentError, MongoServerError } from 'mongodb';
import { EventStoreError, MalformedEvent } from '#event-store';
import { isStoreAway } from '../store-away.js';

/** What MongoDB says of a document that it does not take, today or tomorrow: BadValue, InvalidBSON, DocumentValidationFailure, BSONObjectTooLarge, keys and documents that are too large. */
const aboutDocuments: ReadonlySet<unknown> = new Set([2, 22, 121, 10334, 17280, 17419, 17420]);

/** Whether it is the event that cannot be projected: a store that is away or refuses everybody is another matter. */
export function isPoison(error: unknown): boolean {
  if (error instanceof EventStoreError) return error instanceof MalformedEvent;
  if (isStoreAway(error)) return false;
  if (error instanceof MongoServerError) return aboutDocuments.has(error.code);
  return !(error instanceof MongoError) || error instanceof MongoInvalidArgumentError;
}
