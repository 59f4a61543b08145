import type { Checkpoints } from './checkpoints.js';
import type { Collections } from './collections.js';

export interface Shown {
  /** All that is read afterwards reflects at least the events up to it. */
  readonly position: bigint;
  /** Ids of what was passed over then. */
  readonly parked: readonly string[];
}

/** Where something is parked, the position is the one before that: once it is folded anew, whoever asks what changed since is told. */
export async function shownUpTo(
  { parked }: Pick<Collections, 'parked'>,
  checkpoints: Checkpoints,
  projection: 'incidents' | 'alerts',
): Promise<Shown> {
  const reached = (await checkpoints.position(projection)) ?? 0n;
  // In this order: what is passed over is parked before the checkpoint says so.
  const passedOver = await parked.find({ projection }, { projection: { id: 1, event: 1 } }).toArray();
  const position = passedOver.reduce(
    (least, { event }) => (event.position <= least ? event.position - 1n : least),
    reached,
  );
  return { position, parked: passedOver.map(({ id }) => id) };
}
