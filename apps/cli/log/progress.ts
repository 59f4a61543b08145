import { progressOf } from '../terminal/progress.js';

/** A bar for work that goes through a log up to `head`; how many events that are is not known beforehand. */
export function progressUpTo(head: bigint | undefined): { at: (position: bigint) => void; end: () => void } {
  const bar = progressOf('positions of the log', Number(head ?? 0n));
  return { at: (position) => bar.at(Number(position)), end: () => bar.end() };
}
