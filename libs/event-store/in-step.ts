/**
 * Milliseconds until the next multiple of `everyMs`, half of that at least: all in this process who look so often look up at the same time,
 * and a store is asked once for all of them.
 */
export function untilNext(everyMs: number): number {
  const left = everyMs - (performance.now() % everyMs);
  return left < everyMs / 2 ? left + everyMs : left;
}
