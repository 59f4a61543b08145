import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { Destination } from './destination.js';
import { findingLines, findingsOf } from './findings.js';
import { summaryLines, totalsOf } from './summary.js';
import { at, bring, said, takesAll } from './testing/bring.js';

describe('of an incident that is in the file several times', () => {
  it('the newest version wins, to the last digit of its time, wherever it stands', async () => {
    const { requests, incidents } = await bring([
      { id: '1', displayName: 'oldest' },
      { id: 2, displayName: 'other' },
      { id: '1', displayName: 'newest', ...at('2026-01-01T01:00:00.1234567+01:00') },
      { id: '1', displayName: 'old', ...at('2026-01-01T00:00:00.1234566Z') },
    ]);
    expect(requests.map(({ incident }) => incident.displayName).sort()).toEqual(['newest', 'other']);
    expect(incidents[0]).toMatchObject({ externalId: '1', place: { line: 3 }, older: [{ line: 4 }, { line: 1 }] });
  });

  it('a version without a time is newer than those before it in the file', async () => {
    const { requests } = await bring([
      { id: '1', displayName: 'dated', alerts: [{ id: 'x', title: 'old' }], ...at('2026-01-01T00:00:00Z') },
      { id: '1', displayName: 'newest', alerts: [{ id: 'x', title: 'new' }] },
      { id: '1', displayName: 'oldest', ...at('2025-01-01T00:00:00Z') },
    ]);
    expect(requests.map(({ incident }) => incident)).toMatchObject([
      { displayName: 'newest', alerts: [{ id: 'x', title: 'new' }] },
    ]);
  });

  it('its only comment may come without a list around', async () => {
    const { requests, incidents } = await bring([
      { id: '1', status: 'active', comments: said('a'), alerts: { id: 'x', comments: said('b') } },
      { id: '1', status: 'active' },
      { id: '2', status: 'active', comments: said('c') },
    ]);
    expect(requests.map(({ incident }) => incident)).toMatchObject([
      { id: '1', comments: [said('a')], alerts: [{ comments: [said('b')] }] },
      { id: '2', comments: [said('c')] },
    ]);
    expect(incidents.map(({ comments }) => comments)).toMatchObject([{ read: 2, imported: 2 }, { read: 1 }]);
  });

  it('alerts and comments of all versions come along, each once and in its newest version', async () => {
    const { requests, ...imported } = await bring([
      {
        id: '1',
        ...at('2026-01-02T00:00:00Z'),
        comments: [said('b')],
        alerts: { id: 'x', ...at('2026-01-01T00:00:00Z') },
      },
      {
        ...{ id: '1', ...at('2026-01-01T00:00:00Z'), comments: [said('a'), said('b')] },
        alerts: [
          { id: 'x', title: 'newer', ...at('2026-01-03T00:00:00Z'), comments: [said('c')] },
          { id: 'y' },
          { no: 'id' },
        ],
      },
    ]);
    expect(requests.map(({ incident }) => incident)).toEqual([
      expect.objectContaining({
        lastUpdateDateTime: '2026-01-02T00:00:00Z',
        comments: [said('b'), said('a')],
        alerts: [
          { id: 'x', title: 'newer', ...at('2026-01-03T00:00:00Z'), comments: [said('c')] },
          { id: 'y' },
          { no: 'id' },
        ],
      }),
    ]);
    expect(summaryLines(totalsOf(imported), undefined)).toEqual([
      'rows\t2 read = 1 imported + 1 older versions',
      'alerts\t4 read = 3 imported + 1 older versions',
      'comments\t4 read = 3 imported + 1 older versions',
    ]);
  });
});

describe('an alert that several incidents have', () => {
  const withAlert = (id: string, time?: string, alert = 'x') => ({
    id,
    alerts: [{ id: alert }],
    ...(time && at(time)),
  });

  it('belongs to that whose row with it is the newest, or else the later in the file', async () => {
    const order: unknown[] = [];
    const noting: Destination = async (request) => {
      if (['1', '2', '5'].includes(String(request.incident.id)))
        await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(request.incident.id);
      return takesAll(request);
    };
    await bring(
      [
        withAlert('1', '2026-01-01T00:00:00Z'),
        { id: '1', alerts: [], ...at('2026-03-01T00:00:00Z') },
        withAlert('2', '2026-02-01T00:00:00Z'),
        ...[withAlert('3', undefined, 'other'), withAlert('4', undefined, 'z'), withAlert('5', undefined, 'z')],
      ],
      noting,
    );
    expect([
      order[0],
      order.filter((id) => id === '1' || id === '2'),
      order.filter((id) => id === '4' || id === '5'),
    ]).toEqual(['3', ['2', '1'], ['5', '4']]);
  });

  it('is one of several that this incident shares with others', async () => {
    const day = (day: number) => `2026-01-${day}T00:00:00Z`;
    const rows = [
      withAlert('1', day(25)),
      withAlert('2', day(20)),
      withAlert('1', day(15), 'y'),
      withAlert('3', day(10), 'y'),
    ];
    const { requests } = await bring(rows);
    expect(requests.map(({ incident }) => incident.id)).toEqual(['1', '2', '3']);
  });

  it('is brought by that row first, wherever the rows stand', async () => {
    const days = fc.uniqueArray(
      fc.record({ id: fc.constantFrom('1', '2', '3'), day: fc.integer({ min: 10, max: 28 }) }),
      {
        minLength: 1,
        maxLength: 8,
        selector: ({ day }) => day,
      },
    );
    await fc.assert(
      fc.asyncProperty(days, async (rows) => {
        const order: unknown[] = [];
        await bring(
          rows.map(({ id, day }) => withAlert(id, `2026-01-${day}T00:00:00Z`)),
          async (request) => {
            await new Promise((resolve) => setTimeout(resolve, 2 * Math.random()));
            order.push(request.incident.id);
            return takesAll(request);
          },
        );
        const newest = [...rows].sort((one, other) => other.day - one.day)[0]!;
        expect(order[0]).toBe(newest.id);
      }),
      { numRuns: 50 },
    );
  });
});

describe('ids that are those of another incident too', () => {
  it('are of another tenant: each of its incidents comes along', async () => {
    const rows = [
      { id: '1', displayName: 'ours', tenantId: 'AAAA', ...at('2026-01-01T00:00:00Z') },
      { id: '1', displayName: 'theirs', alerts: [{ id: 'x', tenantId: 'bbbb' }], ...at('2026-01-02T00:00:00Z') },
      { id: '1', displayName: 'ours, newer', tenantId: 'aaaa', ...at('2026-01-03T00:00:00Z') },
      { id: '2', displayName: 'named', tenantId: 'aaaa' },
      { id: '2', displayName: 'not named, newer' },
    ];
    const imported = await bring(rows, async (request) => {
      if (request.incident.displayName === 'theirs') throw new ProblemAnswer(409, { title: 'Another tenant has it' });
      return takesAll(request);
    });
    expect(imported.requests.map(({ incident }) => incident.displayName).sort()).toEqual([
      'not named, newer',
      'ours, newer',
      'theirs',
    ]);
    expect(imported.requests.at(-1)!.incident.displayName).toBe('theirs');
    expect(totalsOf(imported).rows).toEqual({ read: 5, imported: 2, 'older versions': 2, skipped: 1 });
    expect(findingLines(findingsOf(imported), undefined)).toContain('line 2\t1: skipped: Another tenant has it');
  });

  it('are numbers that were rounded, and of no incident', async () => {
    const { requests, skipped } = await bring([
      '{"incidentId":9007199254740993,"incidentName":"one"}',
      '{"id":9007199254740992,"displayName":"two"}',
    ]);
    const because = 'its id is neither text nor a whole number up to 9007199254740991';
    expect(requests).toEqual([]);
    expect(skipped).toMatchObject([
      { line: 1, because },
      { line: 2, because },
    ]);
  });
});
