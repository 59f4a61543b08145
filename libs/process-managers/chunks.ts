/**
 * What may go into one event, measured as JSON: well below the 900 KiB of an append, so that there is room for metadata and for what
 * follows from the event. Not to be changed lightly: a merge whose alerts have arrived in part is cut once more when it is completed, and
 * must be cut alike.
 */
const chunkBytes = 400 * 1024;

/** Splits a list so that what its items weigh stays together below the size of one event, in the order given. */
export function inChunks<T>(items: readonly T[], weighing: (item: T) => unknown): T[][] {
  const chunks: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(weighing(item)) ?? '');
    if (bytes > room || chunks.length === 0) {
      chunks.push([]);
      room = chunkBytes;
    }
    chunks.at(-1)!.push(item);
    room -= bytes;
  }
  return chunks;
}
