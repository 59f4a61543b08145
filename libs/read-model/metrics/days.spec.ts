import { describe, expect, it } from '@jest/globals';
import { daysBetween, wholeMonths } from './days.js';

describe('days', () => {
  it('are counted over months and leap days', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  });

  it.each([
    ['2026-01-01', '2026-01-31', ['2026-01']],
    ['2026-01-01', '2026-01-30', []],
    ['2026-01-02', '2026-03-30', ['2026-02']],
    ['2028-02-01', '2028-02-28', []],
    ['2025-12-01', '2026-02-28', ['2025-12', '2026-01', '2026-02']],
  ])('from %s to %s are whole months where all of their days are there', (from, to, months) => {
    expect(wholeMonths(daysBetween(from, to))).toEqual(months);
  });
});
