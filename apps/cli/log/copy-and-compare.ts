import { copyLog, summaryOf } from '#audit';
import type { CopyOptions, LogSummary } from '#audit';
import { Refusal } from '../refusal.js';

export interface Compared extends LogSummary {
  /** How many events were there before. */
  readonly already: number;
}

/**
 * Copies a log into a store, then reads the store and compares what it holds with what was given: by count and fingerprint. `position`
 * is that of the last event in the store. Throws Refusal where they differ, and what copyLog throws.
 */
export async function copyAndCompare({
  expected,
  ...copy
}: CopyOptions & { expected?: LogSummary }): Promise<Compared> {
  const { already, ...given } = await copyLog(copy);
  const there = await summaryOf(copy.to.readAll({ asStored: true }));
  for (const other of [given, ...(expected ? [expected] : [])])
    if (other.fingerprint !== there.fingerprint)
      throw new Refusal(
        `The copy is not the log: it holds ${there.events} events (${there.fingerprint}), the log ${other.events} ` +
          `(${other.fingerprint}). Do not use it; take an empty store and begin anew`,
      );
  return { ...there, already };
}
