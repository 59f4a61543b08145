import { follow } from '#event-store';
import type { EventLog, Following } from '#event-store';
import type { Checkpoints } from './checkpoints.js';
import type { CheckpointDocument } from './collections.js';
import type { Projection, ProjectionName } from './projection.js';

/** The read model was made from another log: one that was replaced, copied, or restored from an older backup. */
export class ReadModelOfAnotherLog extends Error {
  constructor(projection: string, position: bigint, head: bigint | undefined) {
    const why =
      position > (head ?? 0n)
        ? `is at position ${position}, beyond the end of the log (${head ?? 'which is empty'})`
        : `reflects an event at position ${position} that the log does not have there`;
    super(
      `The projection ${projection} ${why}: it was made from another log. Delete the read model (with the embedded stores the folder ` +
        '`documents`, else the database in MongoDB); it is made anew from the log',
    );
    this.name = 'ReadModelOfAnotherLog';
  }
}

/**
 * Positions mean something in their own store only. A read model that went on with those of another one would count some events twice
 * and others not at all. Throws ReadModelOfAnotherLog.
 */
export async function assertMadeFrom(
  log: EventLog,
  projection: ProjectionName,
  checkpoint: CheckpointDocument | null,
): Promise<void> {
  if (!checkpoint) return;
  const head = await log.head();
  if (checkpoint.position > (head ?? 0n)) throw new ReadModelOfAnotherLog(projection, checkpoint.position, head);
  if (!checkpoint.event) return;
  const { stream, revision, id, position } = checkpoint.event;
  for await (const there of log.read(stream, { from: revision, max: 1, asStored: true }))
    if (there.id === id && there.position === position) return;
  throw new ReadModelOfAnotherLog(projection, position, head);
}

/** From some two thousand events a second on, a row is written fifteen times a second at most, and commands keep the processor. */
const restMsPerEvent = 0.5;

/**
 * Feeds a projection from where its checkpoint stands. An event that cannot be projected stops it: its `state` is `failed`, its
 * checkpoint stays before the batch, and queries that ask for more are refused rather than answered wrongly. Throws
 * ReadModelOfAnotherLog.
 */
export async function startProjection(
  log: EventLog,
  projection: Projection,
  checkpoints: Checkpoints,
  { maxBatch = 500 }: { maxBatch?: number } = {},
): Promise<Following> {
  const checkpoint = await checkpoints.of(projection.name);
  await assertMadeFrom(log, projection.name, checkpoint);
  projection.begin();
  return follow(log, {
    name: projection.name,
    after: checkpoint?.position,
    maxBatch,
    restMsPerEvent,
    handle: async (batch) => {
      await projection.apply(batch);
      await checkpoints.record(projection.name, batch.at(-1)!);
    },
  });
}
