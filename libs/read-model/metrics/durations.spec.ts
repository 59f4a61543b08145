import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { enter } from '../incidents/sorted-tally.js';
import type { SortedTally } from '../incidents/sorted-tally.js';
import { durationClass, durationsOf } from './durations.js';

/** Milliseconds, up to ten thousand years, short ones as often as long ones. */
const aDuration = fc
  .tuple(fc.integer({ min: 0, max: 48 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([power, share]) => Math.floor(2 ** power * share));

function tallied(milliseconds: readonly number[]): SortedTally {
  const tally: SortedTally = { values: [], counts: [] };
  for (const each of milliseconds) enter(tally, durationClass(each), Infinity);
  return tally;
}

/** By nearest rank. */
const exactly = (milliseconds: readonly number[], share: number): number =>
  milliseconds.toSorted((one, other) => one - other)[Math.ceil(milliseconds.length * share) - 1]! / 1_000;

describe('durations that are counted in classes', () => {
  it('have a median and a ninth decile that are at most 5 % beside the exact ones', () => {
    fc.assert(
      fc.property(fc.array(aDuration, { minLength: 1, maxLength: 50 }), (milliseconds) => {
        const { count, median, p90 } = durationsOf(tallied(milliseconds));
        expect(count).toBe(milliseconds.length);
        for (const [told, share] of [
          [median!, 0.5],
          [p90!, 0.9],
        ] as const) {
          const exact = exactly(milliseconds, share);
          expect(Math.abs(told - exact)).toBeLessThanOrEqual(0.05 * exact);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('take few numbers, however many they are', () => {
    const everyMinuteOfAMonth = Array.from({ length: 30 * 1_440 }, (_, minute) => minute * 60_000);
    expect(tallied(everyMinuteOfAMonth).values.length).toBeLessThan(150);
  });

  it('are told from nothing where there is none', () => {
    expect(durationsOf(tallied([]))).toEqual({ count: 0, median: null, p90: null });
    expect(durationsOf(tallied([0]))).toEqual({ count: 1, median: 0, p90: 0 });
  });
});
