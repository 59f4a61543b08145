import { progressOf } from '../terminal/progress.js';

/**
 * A bar for work that goes through a log up to `head`; how many events that are is not known beforehand. `events`: how many were done by
 * then, where the rate is to be shown.
 */
export function progressUpTo(head: bigint | undefined): {
  at: (position: bigint, events?: number) => void;
  end: () => void;
} {
  const bar = progressOf('positions of the log', Number(head ?? 0n));
  const began = performance.now();
  const paceOf = (events: number) =>
    `${Math.round((events * 1_000) / (performance.now() - began)).toLocaleString('en')} events/s`;
  return {
    at: (position, events) => bar.at(Number(position), events === undefined ? undefined : paceOf(events)),
    end: () => bar.end(),
  };
}
