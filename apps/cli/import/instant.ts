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

function millisecondsOf(time: unknown): number {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? -Infinity : at;
}

const fractionOf = (time: unknown): string => (/\.(\d+)/.exec(String(time))?.[1] ?? '').padEnd(9, '0');
