/**
 * Orders times of ISO 8601, the earlier first, also by the digits of their fraction that no Date holds. What is no time is earlier than
 * any.
 */
export function byInstant(one: unknown, other: unknown): number {
  const [first, second] = [millisecondsOf(one), millisecondsOf(other)];
  if (first !== second) return first < second ? -1 : 1;
  const [tail, otherTail] = [fractionOf(one), fractionOf(other)];
  return tail < otherTail ? -1 : tail > otherTail ? 1 : 0;
}

/**
 * What was exported one after the other, the newest first; of two with the same time the later. What has no time is as new as the newest
 * before it.
 */
export function newestFirst<T>(inOrder: readonly T[], timeOf: (each: T) => unknown): T[] {
  let newest: unknown;
  const timed = inOrder.map((each) => {
    const own = timeOf(each);
    const time = isTime(own) ? own : newest;
    if (byInstant(time, newest) > 0) newest = time;
    return { each, time };
  });
  return timed
    .reverse()
    .sort((one, other) => byInstant(other.time, one.time))
    .map(({ each }) => each);
}

export const isTime = (value: unknown): boolean => millisecondsOf(value) !== -Infinity;

function millisecondsOf(time: unknown): number {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? -Infinity : at;
}

const fractionOf = (time: unknown): string =>
  (/\.(\d+)/.exec(typeof time === 'string' ? time : '')?.[1] ?? '').padEnd(9, '0');
