/**
 * What may go into one event, measured as JSON: well below the 900 KiB of an append, so that there is room for metadata and for what
 * follows from the event. Not to be changed lightly: a merge whose alerts have arrived in part is cut once more when it is completed, and
 * must be cut alike.
 */
const chunkBytes = 400 * 1024;

/**
 * Alerts that go into one append: each may be an event of its own there, with metadata and a reason, and may get an owner on the way, whose
 * name has up to a kilobyte.
 */
const alertsAtOnce = 300;

/** Splits alerts so that what they weigh, and what is added to each of them, fits into an append, in the order given. */
export const alertsInChunks = <T>(alerts: readonly T[], weighing: (alert: T) => unknown): T[][] =>
  inChunks(alerts, weighing, alertsAtOnce);

/** Splits a list so that what its items weigh stays together below the size of one event, in the order given. */
export function inChunks<T>(items: readonly T[], weighing: (item: T) => unknown, atMost = Infinity): T[][] {
  const chunks: T[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = Buffer.byteLength(JSON.stringify(weighing(item)) ?? '');
    if (bytes > room || chunks.length === 0 || chunks.at(-1)!.length === atMost) {
      chunks.push([]);
      room = chunkBytes;
    }
    chunks.at(-1)!.push(item);
    room -= bytes;
  }
  return chunks;
}
