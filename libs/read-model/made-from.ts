import type { EventLog } from '#event-store';
import type { CheckpointDocument } from './collections.js';
import type { ProjectionName } from './projection.js';

/** The read model was made from another log: one that was replaced, copied, or restored from an older backup. */
export class ReadModelOfAnotherLog extends Error {
  constructor(projection: ProjectionName, position: bigint, head: bigint | undefined) {
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
