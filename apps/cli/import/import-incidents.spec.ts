import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemAnswer } from '../connection/docket-client.js';
import { Refusal } from '../refusal.js';
import type { ImportAnswer } from './destination.js';
import { findingLines, findingsOf } from './findings.js';
import { totalsOf } from './summary.js';
import { bring, said, takesAll } from './testing/bring.js';
import { commentsOf } from './united.js';

it('a number that is rounded is told', async () => {
  const imported = await bring([
    '{"id":"1","status":"active","alerts":[{"id":"x","additionalData":{"MessageId":12345678901234567890}}]}',
  ]);
  expect(findingLines(findingsOf(imported), undefined)).toEqual([
    'line 1\t1 (here 7): MessageId 12345678901234567890 became 12345678901234567000: no number holds it to the last digit',
  ]);
});

it('of what is adapted only as much is held as is shown', async () => {
  const long = 'é'.repeat(1_000_000);
  const { incidents } = await bring([{ id: '1', status: long }], async (request) => ({
    ...(await takesAll(request)),
    adapted: [{ property: 'status', from: request.incident.status, to: 'active', because: 'Docket has no such value' }],
    differences: [{ property: 'tags', here: null, there: [long] }],
  }));
  expect(incidents[0]!.adapted[0]).toMatchObject({ from: `${'é'.repeat(200)}…`, to: 'active' });
  expect(incidents[0]!.differences[0]).toMatchObject({ here: null, there: `["${'é'.repeat(198)}…` });
});

it('what the source did not give whole is told', async () => {
  const page = {
    value: [
      { id: '1', alerts: [], 'alerts@odata.nextLink': 'https://…' },
      { id: '1', alerts: [] },
    ],
    '@odata.nextLink': 'https://…',
  };
  expect(findingLines(findingsOf(await bring([page])), undefined)).toEqual([
    'line 1\tthe export goes on after this page: follow its @odata.nextLink, and bring what comes along too',
    'line 1\t1: an older version of line 1, row 2',
    'line 1, row 2\t1 (here 7): has more alerts than came along: follow its alerts@odata.nextLink, and import it again',
  ]);
});

describe('an incident that is refused', () => {
  const refused = (status: number) => new ProblemAnswer(status, { title: 'No', detail: 'Because.' });

  it('does not stop the others, and is listed', async () => {
    const rows = [
      { id: '1', alerts: [{}] },
      '{',
      { id: '2', status: 'active' },
      { title: 'x', id: 'a' },
      { error: { message: 'Expired' } },
      { id: 'u-1', userPrincipalName: 'bob@contoso.example' },
    ];
    const imported = await bring(rows, async (request) => {
      if (request.incident.id === '1') throw refused(400);
      return takesAll(request);
    });
    expect(totalsOf(imported)).toMatchObject({
      rows: { read: 6, imported: 1, skipped: 5 },
      alerts: { read: 1, skipped: 1 },
    });
    expect(findingLines(findingsOf(imported), undefined)).toEqual([
      'line 1\t1: skipped: No. Because.',
      'line 2\tskipped: is not JSON: unexpected "{" on line 3',
      'line 4\tskipped: is an alert: docket report takes it',
      'line 5\tskipped: is an error: Expired',
      'line 6\tskipped: is no incident: it has none of displayName, status, alerts, createdDateTime',
    ]);
  });

  it('because it was merged says whether what it was merged into comes along', async () => {
    const merged = [
      { id: '1', status: 'redirected', redirectIncidentId: '3' },
      { id: '2', status: 'redirected', redirectIncidentId: '4' },
    ];
    const imported = await bring([...merged, { id: '3', status: 'active' }], async (request) => {
      const { redirectIncidentId } = request.incident;
      if (!redirectIncidentId) return takesAll(request);
      throw new ProblemAnswer(409, { type: 'urn:docket:problem:merged-at-source', redirectIncidentId });
    });
    expect(findingLines(findingsOf(imported), undefined)).toEqual([
      'line 1\t1: skipped: it was merged into 3 there, which has its alerts',
      expect.stringMatching(
        /^line 2\t2: skipped: it was merged into 4 there, which is not in the file: its alerts and/,
      ),
    ]);
  });

  it('because it cannot be written does not stop the others', async () => {
    const imported = await bring(
      [
        { id: '1', status: 'x' },
        { id: '2', status: 'y' },
      ],
      async (request) => {
        if (request.incident.id === '1') throw new RangeError('Invalid string length');
        return takesAll(request);
      },
    );
    expect(totalsOf(imported).rows).toMatchObject({ read: 2, imported: 1, skipped: 1 });
    expect(findingLines(findingsOf(imported), undefined)).toEqual([
      'line 1\t1: skipped: it cannot be sent: Invalid string length',
    ]);
  });

  it('is told with the values of which the answer gives the names', async () => {
    const imported = await bring([{ id: '1', status: 'active' }], async () => {
      throw new ProblemAnswer(409, {
        title: 'No',
        detail: 'At most `limit` alerts, not `constructor`.',
        limit: 10_000,
      });
    });
    expect(imported.incidents[0]!.because).toBe('No. At most 10000 alerts, not `constructor`.');
  });

  it('because nobody may import, ends it: all others would be refused too', async () => {
    const { requests, incidents, stopped } = await bring(
      ['1', '2', '3'].map((id) => ({ id, status: 'active' })),
      async () => {
        throw refused(403);
      },
    );
    expect(requests.length).toBeLessThanOrEqual(2);
    expect(incidents.map(({ outcome }) => outcome)).toEqual(['not sent', 'not sent', 'not sent']);
    expect(stopped).toBeInstanceOf(Refusal);
  });
});

describe('an incident with more alerts than a request takes', () => {
  const alerts = Array.from({ length: 2_100 }, (_, n) => ({ id: `a${n}`, comments: [said(`${n}`)] }));

  it('is sent again with the others, its own comments once', async () => {
    const { requests, incidents } = await bring([{ id: '1', displayName: 'Large', comments: [said('once')], alerts }]);
    expect(requests.map(({ incident }) => incident.alerts.length)).toEqual([1_000, 1_000, 100]);
    expect(requests.map(({ incident }) => commentsOf(incident).length)).toEqual([1, 0, 0]);
    expect(requests.every(({ incident }) => incident.displayName === 'Large')).toBe(true);
    expect(incidents[0]).toMatchObject({
      alerts: { read: 2_100, imported: 2_100 },
      comments: { read: 2_101, imported: 2_101 },
    });
  });

  it('is told which alerts were refused, if a further request was', async () => {
    let sent = 0;
    const { incidents } = await bring([{ id: '1', alerts }], async (request) => {
      if (++sent === 2) throw new ProblemAnswer(413, { title: 'Too large' });
      return takesAll(request);
    });
    expect(incidents[0]).toMatchObject({
      outcome: 'imported',
      alerts: { imported: 1_100, refused: 1_000 },
      comments: { imported: 1_100, 'left out': 1_000 },
    });
  });
});

it('whatever is in a file, the summary adds up and every row is told of', async () => {
  const comments = fc.array(fc.constantFrom('a', 'b', 'c').map(said), { maxLength: 3 });
  const alert = fc.record({
    id: fc.constantFrom('x', 'y', 'z', 5),
    comments,
    lastUpdateDateTime: fc.constantFrom('', '2026-01-01T00:00:00Z'),
  });
  const incident = fc.record({
    id: fc.constantFrom('1', '2', 3),
    comments,
    alerts: fc.oneof(fc.array(alert, { maxLength: 4 }), alert),
  });
  const row = fc.oneof({ weight: 4, arbitrary: incident }, fc.constantFrom<unknown>('{', {}, { alertId: 'x' }));
  const outcome = fc.constantFrom<ImportAnswer['alerts'][number]['outcome']>('imported', 'elsewhere', 'refused');
  await fc.assert(
    fc.asyncProperty(fc.array(row), outcome, fc.constantFrom(200, 409), async (rows, outcome, status) => {
      const imported = await bring(rows, async (request) => {
        if (status !== 200 && request.incident.id === '1') throw new ProblemAnswer(status, {});
        const answer = await takesAll(request);
        const alerts = answer.alerts.map((each) => ({ ...each, outcome }));
        return { ...answer, alerts, ...(outcome !== 'imported' && { comments: {} }) };
      });
      expect(imported.rows).toBe(rows.length);
      for (const { read, ...parts } of Object.values(totalsOf(imported))) {
        expect(Math.min(0, ...Object.values(parts))).toBe(0);
        expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBe(read);
      }
    }),
    { numRuns: 200 },
  );
});
