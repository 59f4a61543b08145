import { follow } from '#event-store';
import type { EventLog, FollowOptions, Following } from '#event-store';
import { Feed } from './generations/feed.js';
import type { ProjectionName } from './projection.js';
import type { ReadModel } from './read-model.js';

/**
 * From some two thousand events a second on, a row is written fifteen times a second at most, and commands keep the processor. Figures of
 * many incidents together are written once a second.
 */
const paces: Readonly<Record<ProjectionName, Pick<FollowOptions, 'maxBatch' | 'restMsPerEvent' | 'longestRestMs'>>> = {
  incidents: { restMsPerEvent: 0.5 },
  alerts: { restMsPerEvent: 0.5 },
  metrics: { restMsPerEvent: 1_000, longestRestMs: 1_000, maxBatch: 2_000 },
};

export interface ProjectionOptions {
  readonly maxBatch?: number;
  /** What it does beside the log failed; it is tried again. */
  readonly onError?: (error: unknown) => void;
  /** Told what is parked and what is shown again. */
  readonly report?: (message: string) => void;
}

/**
 * Feeds a projection from where its checkpoint stands, in all generations that are to be fed. What an event concerns that
 * cannot be projected is parked, told to `report`, and not shown. Where a store fails, or too much would be parked, it stops: its `state` is
 * `failed`, its checkpoint stays before the batch, and queries that ask for more are refused rather than answered wrongly. Throws
 * ReadModelOfAnotherLog.
 */
export async function startProjection(
  log: EventLog,
  name: ProjectionName,
  { served }: Pick<ReadModel, 'served'>,
  { maxBatch, onError = () => undefined, report = () => undefined }: ProjectionOptions = {},
): Promise<Following> {
  const feed = await Feed.begin(log, name, served, report);
  const following = follow(log, {
    name,
    after: feed.position,
    ...paces[name],
    ...(maxBatch !== undefined && { maxBatch }),
    handle: (batch) => feed.apply(batch),
  });
  void feed.keepLooking(onError);
  void following.done.then(() => feed.stop());
  return following;
}
