import type { EventLog, RecordedEvent } from '#event-store';
import type { Parked } from './parking/parked.js';

/** The names of the projections, which are those of their checkpoints. */
export const projectionNames = ['incidents', 'alerts', 'metrics'] as const;
export type ProjectionName = (typeof projectionNames)[number];

/** The streams that a projection passes over, each with the position of the event for which it does. */
export type ParkedStreams = ReadonlyMap<string, bigint>;
export const nothingParked: ParkedStreams = new Map();

/** What a projection may read of the log beside its batches. */
export type StreamReader = Pick<EventLog, 'read'>;

/** Turns events into documents. To apply an event again, in whatever batch, changes nothing: writes are guarded by position. */
export interface Projection {
  readonly name: ProjectionName;
  /**
   * To be called before the first `apply` from a checkpoint on: somebody else may have handled what lies before it. `streams`: to be given where
   * others may write the same documents, at once or earlier.
   */
  begin(streams?: StreamReader): void;
  /**
   * `batch`: events in the order of their positions, all there are between the first and the last. Of what happens on parked streams
   * nothing is shown, and what they concern is marked. Resolves when the documents are durable. Rejects at an event that cannot be
   * projected; documents may then reflect a part of the batch.
   */
  apply(batch: readonly RecordedEvent[], parked?: ParkedStreams): Promise<void>;
  /**
   * Folds what is parked from its streams up to a position, and shows it again; called between two batches. Resolves with false where
   * another projector is ahead with a part of it: then later. Rejects where it still cannot be projected. Where there is no such
   * function, an event that cannot be projected stops the projection.
   */
  refold?(log: StreamReader, parked: Parked, upTo: bigint): Promise<boolean>;
}
