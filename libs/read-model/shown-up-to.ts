import type { Checkpoints } from './checkpoints.js';
import type { Collections } from './collections.js';

/**
 * A position of which all that is read afterwards reflects at least the events up to it. Where something is parked, it is the one before
 * that: once it is folded anew, whoever asks what changed since is told.
 */
export async function shownUpTo(
  { parked }: Pick<Collections, 'parked'>,
  checkpoints: Checkpoints,
  projection: 'incidents' | 'alerts',
): Promise<bigint> {
  const position = (await checkpoints.position(projection)) ?? 0n;
  // In this order: what is passed over is parked before the checkpoint says so.
  const passedOver = await parked.find({ projection }, { projection: { event: 1 } }).toArray();
  return passedOver.reduce((least, { event }) => (event.position <= least ? event.position - 1n : least), position);
}
