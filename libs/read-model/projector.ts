import { follow } from '#event-store';
import type { EventLog, Following } from '#event-store';
import type { Checkpoints } from './checkpoints.js';
import type { Projection } from './projection.js';

/** The read model was made from another log: one that was replaced, or restored from an older backup. */
export class ReadModelAhead extends Error {
  constructor(projection: string, position: bigint, head: bigint | undefined) {
    super(
      `The projection ${projection} is at position ${position}, beyond the end of the log (${head ?? 'which is empty'}): it was made from ` +
        'another log. Delete the read model (with the embedded stores the folder `documents`); it is made anew from the log',
    );
    this.name = 'ReadModelAhead';
  }
}

/** From some two thousand events a second on, a row is written fifteen times a second at most, and commands keep the processor. */
const restMsPerEvent = 0.5;

/**
 * Feeds a projection from where its checkpoint stands. An event that cannot be projected stops it: its `state` is `failed`, its
 * checkpoint stays before the batch, and queries that ask for more are refused rather than answered wrongly.
 */
export async function startProjection(
  log: EventLog,
  projection: Projection,
  checkpoints: Checkpoints,
  { maxBatch = 500 }: { maxBatch?: number } = {},
): Promise<Following> {
  const after = await checkpoints.position(projection.name);
  const head = await log.head();
  if (after !== undefined && after > (head ?? 0n)) throw new ReadModelAhead(projection.name, after, head);
  projection.begin();
  return follow(log, {
    name: projection.name,
    ...(after === undefined ? {} : { after }),
    maxBatch,
    restMsPerEvent,
    handle: async (batch, position) => {
      await projection.apply(batch);
      await checkpoints.record(projection.name, position);
    },
  });
}
