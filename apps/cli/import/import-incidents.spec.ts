import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProblemAnswer } from '../connection/docket-client.js';
import { Refusal } from '../refusal.js';
import type { Destination, ImportAnswer } from './destination.js';
import { findingLines, findingsOf } from './findings.js';
import { importIncidents } from './import-incidents.js';
import type { Imported } from './import-incidents.js';
import { indexIncidents } from './incident-index.js';
import { ExportedFile } from './reading/exported-file.js';
import type { ImportRequest } from './requests.js';
import { summaryLines, totalsOf } from './summary.js';
import { commentsOf } from './united.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'docket-import-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Takes everything, and answers as Docket does. */
const takesAll: Destination = async ({ incident: { alerts, ...incident } }) => ({
  incidentId: '7',
  outcome: 'imported',
  position: '12',
  adapted: [],
  differences: [],
  alerts: alerts.map((alert) => ({ id: (alert as { id: string }).id, outcome: 'imported', incidentId: '7' })),
  comments: { imported: [incident, ...alerts].reduce<number>((sum, row) => sum + commentsOf(row).length, 0) },
});

async function bring(
  rows: readonly unknown[],
  destination = takesAll,
): Promise<Imported & { requests: ImportRequest[] }> {
  const path = join(folder, 'exported');
  await writeFile(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
  const file = await ExportedFile.open(path);
  const requests: ImportRequest[] = [];
  const noting: Destination = (request) => {
    requests.push(request);
    return destination(request);
  };
  const index = await indexIncidents(file);
  const imported = await importIncidents(file, index, { source: 'defender', destination: noting, jobs: 2 });
  await file.close();
  return { ...imported, requests };
}

const at = (time: string, more: object = {}) => ({ lastUpdateDateTime: time, ...more });
const said = (comment: string) => ({ comment, createdByDisplayName: 'ana', createdDateTime: '2026-01-01T00:00:00Z' });

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
