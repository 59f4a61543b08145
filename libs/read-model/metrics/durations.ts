import type { SortedTally } from '../incidents/sorted-tally.js';

/**
 * Durations are counted in classes, each 8 % wider than the one before, and told by a value from which all of a class differ by at most
 * 4 %; rounded to three digits, by at most 5 %. So the durations of a day take some hundred numbers, however many there are, and those of
 * many days are added up.
 */
const ratio = 1.08;

/** Digits of a class: ten thousand years in milliseconds are in class 435. */
const digits = 3;

/** `milliseconds`: whole, from 0 on. The order of classes as text is that of their durations. */
export function durationClass(milliseconds: number): string {
  const number = milliseconds < 1 ? 0 : 1 + Math.ceil(Math.log(milliseconds) / Math.log(ratio));
  return String(number).padStart(digits, '0');
}

/** The value that stands for the durations of a class, in seconds. */
function secondsOf(name: string): number {
  const number = Number(name);
  if (number === 0) return 0;
  const milliseconds = (2 * ratio ** (number - 1)) / (1 + ratio);
  return Number((milliseconds / 1_000).toPrecision(3));
}

export interface Durations {
  readonly count: number;
  /** Seconds, with an error of at most 5 %: half of the durations, or one more, are not longer. Null where there is none. */
  readonly median: number | null;
  /** The same of nine tenths. */
  readonly p90: number | null;
}

export function durationsOf(tally: SortedTally): Durations {
  const count = tally.counts.reduce((sum, each) => sum + each, 0);
  return { count, median: quantile(tally, count, 0.5), p90: quantile(tally, count, 0.9) };
}

/** The shortest duration that is not exceeded by so great a share. */
function quantile({ values, counts }: SortedTally, count: number, share: number): number | null {
  const rank = Math.ceil(count * share);
  let passed = 0;
  const found = values.find((_, index) => (passed += counts[index]!) >= rank);
  return count === 0 || found === undefined ? null : secondsOf(found);
}
