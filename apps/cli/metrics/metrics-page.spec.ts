import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { duration } from './duration.js';
import { metricsPage } from './metrics-page.js';
import type { Summary } from './metrics-page.js';
import { sparkline } from './sparkline.js';

const none = { truePositive: 0, informationalExpectedActivity: 0, falsePositive: 0, unclassified: 0 };
const names = (count: number) => ({
  value: Array.from({ length: count }, (_, index) => ({
    ...none,
    name: `${'端末 \u001b[2J'.repeat(9)}${index}`,
    truePositive: 1,
  })),
  more: 3,
});
const summary: Summary = {
  from: '2026-10-25',
  to: '2026-11-23',
  open: {
    total: 12,
    byStatus: { active: 9, inProgress: 3 },
    bySeverity: { high: 3, medium: 9, low: 0, informational: 0, unknown: 0 },
    byOwner: {
      value: [
        { assignedTo: null, count: 4 },
        ...Array.from({ length: 30 }, (_, index) => ({ assignedTo: `somebody-${index}@contoso.example`, count: 1 })),
      ],
      more: 2,
    },
  },
  opened: 30,
  resolved: 1,
  merged: 0,
  days: Array.from({ length: 366 }, (_, day) => ({ day: `day ${day}`, opened: day % 7, resolved: 0, merged: 0 })),
  timeToAssign: { count: 21, median: 720, p90: 12_240 },
  timeToResolve: { count: 0, median: null, p90: null },
  classifications: { ...none, truePositive: 1 },
  categories: names(12),
  serviceSources: names(0),
  detectionSources: names(1),
  position: '4711',
};

describe('the figures as a page', () => {
  it.each([60, 80, 200])('fit into %d columns, whatever others call things', (width) => {
    const page = metricsPage(summary, width);
    for (const line of page.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(page).not.toContain('\u001b[2J');
  });

  it('tell what is open and how long work took, and leave out what there is not', () => {
    const page = metricsPage(summary, 80);
    expect(page).toMatch(/^Open now: 12\n/);
    for (const told of ['high 3, medium 9\n', 'nobody 4, ', 'judged           truePositive 1\n', 'and 5 more'])
      expect(page).toContain(told);
    expect(page).toMatch(/time to assign +median 12 min, nine of ten within 3.4 h \(21 incidents\)\n/);
    expect(page).toMatch(/, and 22\s+more\n/);
    expect(page).toMatch(/time to resolve +-\n/);
    expect(page).not.toContain('service source');
  });

  it('are lines of exact values in a pipe', () => {
    const lines = metricsPage(summary, undefined).split('\n');
    expect(lines).toContain('time to assign\t21 720 12240');
    expect(lines).toContain('severity\thigh 3, medium 9, low 0, informational 0, unknown 0');
    expect(lines.filter((line) => line.startsWith('category\t'))).toHaveLength(12);
  });
});

describe('what people say', () => {
  it.each([
    [0.2, 'under 1 s'],
    [45, '45 s'],
    [90, '1.5 min'],
    [12_240, '3.4 h'],
    [86_400 * 12, '12 d'],
  ])('of %d seconds is %s', (seconds, said) => expect(duration(seconds)).toBe(said));
});

describe('a line of bars', () => {
  it('has one for each count, or adds up as many as fit', () => {
    expect(sparkline([0, 1, 8, 4], 10)).toBe(' ▁█▄');
    expect(sparkline([0, 1, 8, 4, 1], 2)).toBe('█▅');
    expect(sparkline([0, 0], 10)).toBe('');
  });
});
