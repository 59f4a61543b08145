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
      { id: '1', displayName: 'old', ...at('2026-01-01T00:00:00.1234566Z') },
      { id: 2, displayName: 'other' },
      { id: '1', displayName: 'newest', ...at('2026-01-01T01:00:00.1234567+01:00') },
      { id: '1', displayName: 'oldest' },
    ]);
    expect(requests.map(({ incident }) => incident.displayName).sort()).toEqual(['newest', 'other']);
    expect(incidents[0]).toMatchObject({ externalId: '1', place: { line: 3 }, older: [{ line: 1 }, { line: 4 }] });
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

it('an alert that several incidents have belongs to the first of them in the file', async () => {
  const order: unknown[] = [];
  await bring(
    [{ id: '1', alerts: [{ id: 'x' }] }, { id: '2', alerts: { id: 'x' } }, { id: '3' }, { id: '4' }],
    async (request) => {
      if (request.incident.id === '1') await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(request.incident.id);
      return takesAll(request);
    },
  );
  expect(order).toEqual(['3', '4', '1', '2']);
});

it('what the source did not give whole is told', async () => {
  const page = {
    value: [{ id: '1', alerts: [], 'alerts@odata.nextLink': 'https://…' }],
    '@odata.nextLink': 'https://…',
  };
  expect(findingLines(findingsOf(await bring([page])), undefined)).toEqual([
    'line 1\tthe export goes on after this page: follow its @odata.nextLink, and bring what comes along too',
    'line 1\t1 (here 7): has more alerts than came along: follow its alerts@odata.nextLink, and import it again',
  ]);
});

describe('an incident that is refused', () => {
  const refused = (status: number) => new ProblemAnswer(status, { title: 'No', detail: 'Because.' });

  it('does not stop the others, and is listed', async () => {
    const rows = [
      { id: '1', alerts: [{}] },
      '{',
      { id: '2' },
      { title: 'x', id: 'a' },
      { error: { message: 'Expired' } },
    ];
    const imported = await bring(rows, async (request) => {
      if (request.incident.id === '1') throw refused(400);
      return takesAll(request);
    });
    expect(totalsOf(imported)).toMatchObject({
      rows: { read: 5, imported: 1, skipped: 4 },
      alerts: { read: 1, skipped: 1 },
    });
    expect(findingLines(findingsOf(imported), undefined)).toEqual([
      'line 1\t1: skipped: No. Because.',
      'line 2\tskipped: is not JSON: unexpected "{" on line 3',
      'line 4\tskipped: is an alert: docket report takes it',
      'line 5\tskipped: is an error: Expired',
    ]);
  });

  it('because nobody may import, ends it: all others would be refused too', async () => {
    const { requests, incidents, stopped } = await bring([{ id: '1' }, { id: '2' }, { id: '3' }], async () => {
      throw refused(403);
    });
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
