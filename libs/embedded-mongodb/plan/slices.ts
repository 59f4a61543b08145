/** Long work is cut into slices, so that other connections and the driver's monitor are answered in between. */
import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 5;

/** Items as they come; undefined offers to rest. */
export type Slices<T> = Generator<T | undefined>;

export interface Work<T> {
  readonly items: Slices<T>;
  /** To be called before the work goes on in a later turn: what was read ahead is stale. */
  readonly rest: () => void;
}

/** Takes items while `wants` says so; false when the work has come to its end. */
export async function pull<T>({ items, rest }: Work<T>, wants: (item: T) => boolean): Promise<boolean> {
  rest();
  let began = performance.now();
  for (;;) {
    const next = items.next();
    if (next.done) return false;
    if (next.value !== undefined) {
      if (!wants(next.value)) return true;
    } else if (performance.now() - began > SLICE) {
      await setImmediate();
      rest();
      began = performance.now();
    }
  }
}

/** All items at once, without resting: within a transaction. */
export function* atOnce<T>(items: Slices<T>): Generator<T> {
  for (const item of items) if (item !== undefined) yield item;
}
