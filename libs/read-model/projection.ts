import type { RecordedEvent } from '#event-store';

/** The names of the projections, which are those of their checkpoints. */
export const projectionNames = ['incidents', 'alerts'] as const;
export type ProjectionName = (typeof projectionNames)[number];

/** Turns events into documents. To apply an event again, in whatever batch, changes nothing: writes are guarded by position. */
export interface Projection {
  readonly name: ProjectionName;
  /** To be called before the first `apply` from a checkpoint on: somebody else may have handled what lies before it. */
  begin(): void;
  /**
   * `batch`: events in the order of their positions, all there are between the first and the last. Resolves when the documents are
   * durable. Rejects at an event that cannot be projected; documents may then reflect a part of the batch.
   */
  apply(batch: readonly RecordedEvent[]): Promise<void>;
}
