import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocketClient } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { ExportedFile } from '../import/reading/exported-file.js';
import type { Row } from '../import/reading/exported-file.js';
import { Refusal } from '../refusal.js';
import { alertRows } from './alert-rows.js';
import { batches } from './batches.js';
import { reportAlerts } from './report-alerts.js';
import type { Reported } from './report-alerts.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'docket-report-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(rows: readonly unknown[]): Promise<ExportedFile> {
  const path = join(folder, 'exported');
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return ExportedFile.open(path);
}

const resolved = { type: 'urn:docket:problem:incident-resolved', title: 'The incident is resolved' };

/** Has the incidents 10 (open) and 11 (resolved), which were 1 and 2 where they come from. */
class FakeDocket {
  readonly requests: (readonly Row[])[] = [];
  asked = 0;

  async get(_: string, { externalId }: { externalId: readonly string[] }) {
    this.asked += 1;
    const here = { '1': '10', '2': '11' } as Record<string, string>;
    const value = externalId.filter((id) => id in here).map((id) => ({ id: here[id], externalId: id }));
    return { value, nextCursor: null };
  }

  async post(_: string, alerts: readonly Row[]): Promise<unknown> {
    this.requests.push(JSON.parse(JSON.stringify(alerts)) as Row[]);
    return {
      value: alerts.map(({ id, incidentId }) =>
        incidentId === '11'
          ? { status: 'refused', id, problem: resolved }
          : { status: 'reported', id, incidentId: incidentId ?? '99' },
      ),
    };
  }
}

async function report(rows: readonly unknown[], docket = new FakeDocket(), source?: string): Promise<Reported> {
  const file = await fileOf(rows);
  const client = docket as unknown as DocketClient;
  const reported = await reportAlerts(file, await alertRows(file), { client, source });
  await file.close();
  return reported;
}

const alert = (id: string, incidentId?: unknown) => ({
  id,
  title: 'x',
  ...(incidentId !== undefined && { incidentId }),
});

describe('an alert that names the incident of its product', () => {
  it('goes to what that incident became, else to where Docket finds that it belongs; the number stays with it', async () => {
    const docket = new FakeDocket();
    const { results } = await report([alert('a', '1'), alert('b', 7), alert('c')], docket, 'defender');
    expect(docket.requests).toEqual([
      [{ ...alert('a', '10'), externalIncidentId: '1' }, { ...alert('b'), externalIncidentId: '7' }, alert('c')],
    ]);
    expect(results.map(({ outcome, incidentId }) => [outcome, incidentId])).toEqual([
      ['reported', '10'],
      ['reported', '99'],
      ['reported', '99'],
    ]);
  });

  it('is not taken for one of an incident whose number is rounded', async () => {
    const docket = new FakeDocket();
    await report([alert('a', 2 ** 53), alert('b', 2 ** 53 - 1)], docket, 'defender');
    expect(docket.requests).toEqual([[alert('a'), { ...alert('b'), externalIncidentId: String(2 ** 53 - 1) }]]);
  });

  it('is correlated where that incident is resolved, and this is said', async () => {
    const docket = new FakeDocket();
    const { results } = await report([alert('a', '1'), alert('b', '2'), alert('c', '2')], docket, 'defender');
    expect(docket.requests[1]).toEqual([
      { ...alert('b'), externalIncidentId: '2' },
      { ...alert('c'), externalIncidentId: '2' },
    ]);
    expect(results).toMatchObject([
      { id: 'a', incidentId: '10' },
      { id: 'b', outcome: 'reported', incidentId: '99', resolved: '11' },
      { id: 'c', outcome: 'reported', incidentId: '99', resolved: '11' },
    ]);
  });

  it('goes to the incident of that number where it is Docket’s own, resolved or not', async () => {
    const docket = new FakeDocket();
    const { results } = await report([alert('a', '10'), alert('b', '11')], docket);
    expect(docket.requests).toEqual([[alert('a', '10'), alert('b', '11')]]);
    expect(results).toMatchObject([{ outcome: 'reported' }, { outcome: 'refused', problem: resolved }]);
    expect(docket.asked).toBe(0);
  });
});

describe('where it cannot go on', () => {
  const many = Array.from({ length: 2_500 }, (_, n) => alert(`a${n}`));

  it('the rest is told as not sent', async () => {
    const docket = new FakeDocket();
    docket.post = async (path, alerts) => {
      if (docket.requests.length === 1) throw new Refusal('Nobody answers');
      return FakeDocket.prototype.post.call(docket, path, alerts);
    };
    const { results, stopped } = await report(many, docket);
    expect(results.filter(({ outcome }) => outcome === 'reported')).toHaveLength(1_000);
    expect(results.filter(({ outcome }) => outcome === 'not sent')).toHaveLength(1_500);
    expect(stopped).toBeInstanceOf(Refusal);
  });

  it('because a request is refused as a whole, its alerts are told as refused and the others go on', async () => {
    const docket = new FakeDocket();
    let sent = 0;
    docket.post = async (path, alerts) => {
      if (++sent === 2) throw new ProblemAnswer(413, { title: 'Too large' });
      return FakeDocket.prototype.post.call(docket, path, alerts);
    };
    const { results, stopped } = await report(many, docket);
    expect(results.filter(({ outcome }) => outcome === 'refused')).toHaveLength(1_000);
    expect(results.filter(({ outcome }) => outcome === 'reported')).toHaveLength(1_500);
    expect(stopped).toBeUndefined();
  });
});

it('sends all alerts in order, in batches as large as they may be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 100 })), async (titles) => {
      const file = await fileOf(titles.map((title, index) => ({ ...alert(`a${index}`), title })));
      const { alerts } = await alertRows(file);
      const sent: (readonly Row[])[] = [];
      for await (const batch of batches(file, alerts, { bytes: 300, alerts: 4 }))
        sent.push(batch.map(({ alert }) => alert));
      await file.close();
      expect(sent.flat().map(({ title }) => title)).toEqual(titles);
      const sizes = sent.map((batch) => batch.map((each) => Buffer.byteLength(JSON.stringify(each))));
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      for (const [index, batch] of sizes.entries()) {
        expect(batch.length === 1 || (batch.length <= 4 && sum(batch) <= 300)).toBe(true);
        const next = sizes[index + 1]?.[0];
        expect(next === undefined || batch.length === 4 || sum(batch) + next > 300).toBe(true);
      }
    }),
  );
});
