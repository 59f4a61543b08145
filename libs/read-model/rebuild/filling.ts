import type { RecordedEvent } from '#event-store';

/** Makes the documents of one projection from the beginning of the log, in collections that nobody else writes. */
export interface Filling {
  /**
   * `batch`: as Projection.apply takes it. What it changes may stay in memory. Rejects as that does: what is in memory is then as it was before
   * the event that could not be projected, or further back, as each document's position says.
   */
  take(batch: readonly RecordedEvent[]): Promise<void>;
  /** Resolves when all documents are durable. */
  finish(): Promise<void>;
}

export interface FillingOptions {
  /** What is kept in memory before it is written: bytes of documents, roughly. An incident that has more is kept alone. */
  readonly keptBytes: number;
  /** How long to rest after a write, for each millisecond that it took: the store is there for others too. */
  readonly restRatio: number;
}

export const usually: FillingOptions = { keptBytes: 32_000_000, restRatio: 0 };
