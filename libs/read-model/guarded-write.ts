import { MongoBulkWriteError } from 'mongodb';
import type { AnyBulkWriteOperation, Collection, Document } from 'mongodb';

/** E11000 */
export const duplicateKey = 11000;

/**
 * Writes operations that create documents or replace older ones, each guarded by position, in no particular order.
 *
 * A guarded upsert of a document that is further on finds nothing to replace, tries to insert and meets the `_id`: E11000. But it
 * also says so where somebody inserted an older document in between. The second attempt tells the two apart: by then the document is
 * there, so that what is older is replaced, and what refuses again is ahead of us.
 */
export async function writeGuarded<T extends Document>(
  collection: Collection<T>,
  operations: readonly AnyBulkWriteOperation<T>[],
): Promise<void> {
  const raced = await attempt(collection, operations);
  if (raced.length > 0) await attempt(collection, raced);
}

/** Resolves with the operations that met a document with their `_id`. */
async function attempt<T extends Document>(
  collection: Collection<T>,
  operations: readonly AnyBulkWriteOperation<T>[],
): Promise<AnyBulkWriteOperation<T>[]> {
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const failures = [error.writeErrors].flat();
    if (error.result.getWriteConcernError() || failures.length === 0) throw error;
    if (!failures.every(({ code, errmsg }) => code === duplicateKey && isAboutId(errmsg))) throw error;
    return failures.flatMap(({ index }) => operations[index] ?? []);
  }
}

/** An index other than that of `_id` would be a fault of ours. */
const isAboutId = (message: string | undefined): boolean => /index: _id_|_id:/.test(message ?? '');
