import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { olderIncident } from '../../apps/cli/import/testing/older-incident.js';
import type { Client } from './client.js';
import { RunningDocket } from './docket.js';
import { RunningProgram, temporaryFolder } from './processes.js';
import { alert, device } from './reports.js';

/** A store that is given has what was there before: what is named here is of this run alone. */
const run = randomUUID().slice(0, 8);
const source = `export-${run}`;
const own = (id: string) => `${id}.${run}`;
const madeUp = readFileSync(join(import.meta.dirname, 'exports/incidents.ndjson'), 'utf8');
/** A folder of other exports in JSON lines, incidents or alerts, to try the same with. */
const otherExports = process.env.EXPORTS_FOLDER;

let docket: RunningDocket;
let admin: Client;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exported: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  exported = join(folder.path, 'incidents.ndjson');
  await writeFile(
    exported,
    madeUp.replace(/"(da63_-961|da8acc61_1|fa1920_[12])"/g, (_, id: string) => `"${own(id)}"`),
  );
  docket = await RunningDocket.start();
  admin = await docket.as('ana', 'admin');
}, 60_000);
afterAll(async () => {
  await docket?.stop();
  await folder?.remove();
});

const docketSays = async ([command, ...args]: readonly string[], at: Partial<Client> = admin) => {
  const program = new RunningProgram('apps/cli/main.js', [command!, '--source', source, ...args], {
    DOCKET_URL: at.address!,
    DOCKET_TOKEN: at.token!,
  });
  return { exitCode: await program.ended, output: program.output };
};
const json = async (...args: readonly string[]) => {
  const { exitCode, output } = await docketSays([...args, '--json']);
  return { exitCode, ...JSON.parse(output) };
};
let files = 0;
const fileOf = async (...rows: readonly unknown[]): Promise<string> => {
  const path = join(folder.path, `file-${++files}.ndjson`);
  await writeFile(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\r\n'));
  return path;
};
const incident = (but: Record<string, unknown> = {}) => ({
  id: '9000',
  displayName: 'Brought along',
  status: 'active',
  severity: 'medium',
  createdDateTime: '2026-01-02T03:04:05Z',
  lastUpdateDateTime: '2026-01-02T03:04:05Z',
  ...but,
});

const imported = async (externalId: string): Promise<any[]> =>
  (await admin.get(`/v1/incidents?externalId=${externalId}&externalSource=${source}`)).body.value;

/** Every other number is a part of `read`. */
const expectToAddUp = (summary: Record<string, Record<string, number>>) => {
  for (const { read, ...parts } of Object.values(summary))
    expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBe(read);
};

// ── what a source says, and what Docket answers ──

const rowsOf = (path: string): any[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .flatMap((line) => JSON.parse(line).value ?? [JSON.parse(line)]);
const time = (value: string | null | undefined) => (value ? new Date(value).toISOString() : null);
const aliases: Record<string, string | null> = { unknown: null, clean: 'notmalicious' };
const word = (value: string | null | undefined): string | null => {
  const key = value?.toLowerCase() ?? null;
  return key !== null && key in aliases ? aliases[key]! : key;
};
const set = (value: unknown) => value ?? null;
const alertsOf = ({ alerts }: any): any[] => [alerts ?? []].flat();
const commentOf = (said: any, alertId?: string) => ({
  comment: said.comment,
  by: said.createdByDisplayName ?? said.createdBy,
  at: said.createdDateTime ?? said.createdTime,
  ...(alertId && { alertId }),
});
const byTime = (one: any, other: any) => Date.parse(other.lastUpdateDateTime) - Date.parse(one.lastUpdateDateTime);

async function expectSameIncident(versions: readonly any[], result: any): Promise<void> {
  const newest = [...versions].sort(byTime)[0];
  const { body } = await admin.get(`/v1/incidents/${result.incidentId}`);
  expect({ ...body, status: word(body.status), createdDateTime: body.createdDateTime }).toMatchObject({
    externalId: String(newest.id),
    externalUrl: set(newest.incidentWebUrl),
    displayName: newest.displayName,
    nameIsAutomatic: false,
    status: word(newest.status),
    severity: word(newest.severity) ?? 'unknown',
    assignedTo: set(newest.assignedTo),
    description: set(newest.description),
    resolvingComment: set(newest.resolvingComment),
    customTags: newest.customTags ?? newest.tags ?? [],
    systemTags: newest.systemTags ?? [],
    createdDateTime: time(newest.createdDateTime),
    lastUpdateDateTime: time(newest.lastUpdateDateTime),
    ...(newest.lastModifiedBy && { lastModifiedBy: newest.lastModifiedBy }),
    ...(newest.resolvedDateTime && { resolvedDateTime: time(newest.resolvedDateTime) }),
  });
  expect([word(body.classification), word(body.determination)]).toEqual([
    word(newest.classification),
    word(newest.determination),
  ]);

  const apart = new Set(result.alertsApart.map(({ id }: any) => id));
  const alerts = [...versions]
    .sort(byTime)
    .flatMap(alertsOf)
    .filter(({ id }) => !apart.has(id));
  const ids = [...new Set(alerts.map(({ id }) => id))];
  const { body: listed } = await admin.get(`/v1/incidents/${result.incidentId}/alerts?limit=200`);
  expect(listed.value.map(({ id }: any) => id).sort()).toEqual([...ids].sort());
  for (const id of ids) {
    const newest = alerts.filter((each) => each.id === id).sort(byTime)[0];
    const adapted = result.adapted.filter(({ alertId }: any) => alertId === id).map(({ property }: any) => property);
    await expectSameAlert(newest, result.incidentId, adapted);
  }

  const said = [
    ...versions.flatMap(({ comments = [] }) => comments.map((each: any) => commentOf(each))),
    ...alerts.flatMap(({ id, comments = [] }) => comments.map((each: any) => commentOf(each, id))),
  ];
  const { body: history } = await admin.get(`/v1/incidents/${result.incidentId}/history?kind=comment&limit=200`);
  const kept = history.value.map(({ comment, imported, alertId }: any) => ({
    comment,
    ...imported,
    ...(alertId && { alertId }),
  }));
  const inOrder = (all: any[]) => [...new Set(all.map((each) => JSON.stringify(Object.entries(each).sort())))].sort();
  expect(inOrder(kept)).toEqual(inOrder(said));
}

/** Each property that the source has, but for those of which the import says that they were adapted. */
async function expectSameAlert(source: any, incidentId: string, adapted: readonly string[] = []): Promise<void> {
  const { body } = await admin.get(`/v1/alerts/${source.id}`);
  expect(body.incidentId).toBe(incidentId);
  const words = ['status', 'severity', 'classification', 'determination', 'serviceSource', 'detectionSource'];
  for (const [name, value] of Object.entries<any>(source)) {
    if (name === 'incidentId' || adapted.includes(name)) continue;
    const of = words.includes(name) ? word : /^(created|lastUpdate)DateTime$/.test(name) ? time : (same: any) => same;
    expect({ [name]: of(body[name]) }).toEqual({ [name]: of(value) });
  }
}

/** What an alert that is reported takes over from the incident that it comes into, and that it did. */
const ofItsIncident = ['assignedTo', 'lastUpdateDateTime'];

async function expectSame(path: string, results: readonly any[]): Promise<void> {
  const versions = new Map<string, any[]>();
  for (const row of rowsOf(path)) versions.set(String(row.id), [...(versions.get(String(row.id)) ?? []), row]);
  expect(results.map(({ externalId }) => externalId).sort()).toEqual([...versions.keys()].sort());
  for (const result of results) await expectSameIncident(versions.get(result.externalId)!, result);
}

// ── the stories ──

describe('docket import', () => {
  it('checks a file without sending anything', async () => {
    const { exitCode, output } = await docketSays(['import', exported, '--dry-run'], {
      address: 'http://127.0.0.1:1',
      token: 'x',
    });
    expect(output).toMatch(/^rows\t4 read = 3 readable \+ 1 older versions\nalerts\t5 read = 4 readable \+ 1 older/);
    expect(exitCode).toBe(0);
    expect(await imported('1923')).toEqual([]);
  });

  it('brings incidents along as they were, field by field', async () => {
    const { exitCode, summary, incidents } = await json('import', exported);
    expect(summary).toMatchObject({
      rows: { read: 4, imported: 3, 'older versions': 1 },
      alerts: { read: 5, imported: 4, 'older versions': 1 },
      comments: { read: 4, imported: 4 },
    });
    expectToAddUp(summary);
    expect(exitCode).toBe(0);
    expect(incidents.map(({ line, olderVersions }: any) => [line, olderVersions])).toEqual([
      [1, []],
      [2, [{ line: 4, nth: 1 }]],
      [6, []],
    ]);
    await expectSame(exported, incidents);
  });

  it('changes nothing when it is run again, whatever was done here since', async () => {
    const [{ id }] = (await imported('1923')) as [any];
    const { revision } = (await admin.post(`/v1/incidents/${id}/rename`, { displayName: 'Ours' })).body;
    const { summary, incidents } = await json('import', exported);
    expect(summary).toMatchObject({ rows: { unchanged: 3 }, alerts: { unchanged: 4 }, comments: { unchanged: 4 } });
    expectToAddUp(summary);
    expect(incidents.flatMap(({ differences }: any) => differences)).toEqual([]);
    expect((await admin.get(`/v1/incidents/${id}`)).body).toMatchObject({ revision, displayName: 'Ours' });
  });

  it('brings an incident of the older API along', async () => {
    const alerts = [{ ...olderIncident.alerts[0]!, alertId: own('older') }];
    const path = await fileOf(
      JSON.stringify({ '@odata.context': 'x', value: [{ ...olderIncident, alerts }] }, null, 2),
    );
    const { summary, incidents } = await json('import', path);
    expect(summary).toMatchObject({
      rows: { read: 1, imported: 1 },
      alerts: { imported: 1 },
      comments: { imported: 1 },
    });
    const { incidentId, adapted } = incidents[0];
    expect(adapted).toMatchObject([{ property: 'status', from: 'inProgress', to: 'resolved' }]);
    expect((await admin.get(`/v1/incidents/${incidentId}`)).body).toMatchObject({
      externalId: '924565',
      externalSource: source,
      displayName: 'Multi-stage incident on multiple endpoints',
      status: 'resolved',
      classification: 'truePositive',
      determination: 'compromisedAccount',
      assignedTo: 'kim@contoso.example',
      customTags: ['board meeting'],
      createdDateTime: '2026-02-06T14:46:57.073Z',
    });
    const { body } = await admin.get(`/v1/alerts/${own('older')}`);
    expect(body).toMatchObject({ incidentId, serviceSource: 'microsoftDefenderForEndpoint', investigationId: 11 });
    expect(body.evidence).toContainEqual({ entityType: 'CloudResource', resourceId: '/subscriptions/1' });
  });

  it('lists what a person must look at, with its lines', async () => {
    const first = incident({ id: '9001', alerts: [alert({ id: own('first') })] });
    expect((await docketSays(['import', await fileOf(first)])).exitCode).toBe(0);
    const path = await fileOf(
      { ...first, displayName: 'Renamed there', lastUpdateDateTime: '2026-03-01T00:00:00Z' },
      '{"id":"9002","displayName":"Cut o',
      alert(),
      [
        incident({ id: '9003', alerts: [alert({ id: own('first') }), alert({ id: 'no title', title: null })] }),
        { page: 1 },
      ],
      incident({ id: '9004', status: 'redirected', redirectIncidentId: '9001' }),
      incident({ id: '9005', status: 'awaitingAction', comments: [{ comment: ' ' }] }),
    );
    const { exitCode, output } = await docketSays(['import', path]);
    const lines = output.trimEnd().split('\n');
    expect(lines[0]).toBe('rows\t7 read = 2 imported + 1 unchanged + 4 skipped');
    expect(lines[1]).toBe('alerts\t3 read = 1 unchanged + 1 elsewhere + 1 refused');
    expect(lines[2]).toBe('comments\t1 read = 1 left out');
    expect(lines.slice(4).map((line) => line.split('\t'))).toEqual([
      [
        'line 1',
        expect.stringMatching(/^9001 \(here \d+\): displayName stays Brought along; the file has Renamed there$/),
      ],
      ['line 2', 'skipped: is not JSON: the line ends in the middle of it'],
      ['line 3', 'skipped: is an alert: docket report takes it'],
      ['line 4', expect.stringMatching(/alert first\.\S+ was here before and stays in incident \d+$/)],
      ['line 4', expect.stringMatching(/alert no title is refused: id must be .*; title is missing/)],
      ['line 4, row 2', 'skipped: has no id'],
      ['line 5', expect.stringMatching(/^9004: skipped: it was merged into 9001 there/)],
      ['line 6', expect.stringMatching(/^9005 .*: status awaitingAction became active: /)],
      ['line 6', expect.stringMatching(/^9005 .*: a comment is left out \(it has no words\)/)],
    ]);
    expect(exitCode).toBe(1);
  });

  it('brings every row along that can be, and tells of the others', async () => {
    const tenant = (tenantId: string, name: string) => incident({ id: '9101', tenantId, displayName: name });
    const path = await fileOf(
      tenant('11111111-aaaa', 'Ours'),
      tenant('22222222-bbbb', 'Theirs'),
      incident({ id: '9102', value: [], alerts: [alert({ id: own('beside') })] }),
      `{"id":"9103","displayName":"deep","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      `\ufeff{"id":"9104","displayName":"rounded","status":"active","createdDateTime":"2026-01-02T03:04:05Z","MessageId":12345678901234567890}`,
      {
        ...olderIncident,
        incidentId: 9105,
        status: 'Active',
        alerts: { ...olderIncident.alerts[0]!, alertId: own('one') },
      },
      { id: 'u-1', userPrincipalName: 'bob@contoso.example' },
      incident({ id: '9106', alerts: [alert({ id: own('moved') })] }),
      incident({ id: '9107', alerts: [alert({ id: own('moved') })], lastUpdateDateTime: '2026-02-01T00:00:00Z' }),
    );
    const { exitCode, output } = await docketSays(['import', path]);
    const lines = output.trimEnd().split('\n');
    expect(lines[0]).toBe('rows\t9 read = 6 imported + 3 skipped');
    expect(lines[1]).toBe('alerts\t4 read = 3 imported + 1 elsewhere');
    expect(lines.slice(4).map((line) => line.split('\t'))).toEqual([
      ['line 2', expect.stringMatching(/^9101: skipped: .*tenant/)],
      ['line 4', 'skipped: has more than 200 objects and arrays in each other'],
      [
        'line 5',
        expect.stringMatching(/^9104 .*: MessageId 12345678901234567890 became 12345678901234567000: no number/),
      ],
      ['line 7', 'skipped: is no incident: it has none of displayName, status, alerts, createdDateTime'],
      ['line 8', expect.stringMatching(/^9106 .*: alert moved\.\S+ was here before and stays in incident \d+$/)],
    ]);
    expect(exitCode).toBe(1);
    const [theirs] = await imported('9107');
    expect((await admin.get(`/v1/alerts/${own('moved')}`)).body.incidentId).toBe(theirs.id);
  });

  it('stops where nobody answers any more, and completes when it is run again', async () => {
    const path = await fileOf(...Array.from({ length: 12 }, (_, n) => incident({ id: `stop-${n}` })));
    let sent = 0;
    const failing = createServer((request, response) => {
      if (++sent > 3) return request.socket.destroy();
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        void fetch(admin.address + request.url!, { method: 'POST', headers: request.headers as any, body }).then(
          async (answer) => response.writeHead(answer.status).end(await answer.text()),
        );
      });
    });
    await new Promise<void>((resolve) => failing.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(failing.address() as AddressInfo).port}`;
    const cut = await docketSays(['import', path, '--jobs', '2'], { address, token: admin.token! });
    failing.close();
    expect(cut.exitCode).toBe(3);
    expect(cut.output).toMatch(/rows\t12 read = 3 imported \+ 9 not sent\n/);
    expect(cut.output).toContain('Run the same command again');
    expect((await docketSays(['import', path])).output).toMatch(/rows\t12 read = 9 imported \+ 3 unchanged\n/);
  });

  it('ends at once where the token does not allow it', async () => {
    const { exitCode, output } = await docketSays(['import', exported], await docket.as('al', 'analyst'));
    expect(exitCode).toBe(1);
    expect(output).toMatch(/rows\t4 read = 1 older versions \+ 3 not sent\n[^]*The token does not allow this/);
    expect(output).toMatch(/of a role that grants [\w:.-]+\.[^]*Once that is mended, run the same command/);
  });
});

describe('docket report', () => {
  it('reports the other alerts of a file with one that is too deep, and tells what is rounded', async () => {
    const path = await fileOf(
      alert({ id: own('flat') }),
      `{"id":"${own('deep')}","title":"x","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      `{"id":"${own('rounded')}","title":"x","additionalData":{"MessageId":12345678901234567890}}`,
    );
    const { output } = await docketSays(['report', path]);
    expect(output.split('\n').map((line) => line.split('\t'))).toEqual([
      ['alerts', '3 read = 2 reported + 1 skipped'],
      [''],
      ['line 2', 'skipped: has more than 200 objects and arrays in each other'],
      ['line 3', expect.stringContaining(`alert ${own('rounded')}: MessageId 12345678901234567890 became`)],
      [''],
    ]);
  });

  it('puts an alert into the incident that its product has it in, where that was imported', async () => {
    await docketSays(['import', await fileOf(incident({ id: '7001' }), incident({ id: '7002', status: 'resolved' }))]);
    const host = device(`${run}.report.example`);
    const path = await fileOf(
      { value: [alert({ id: own('there'), incidentId: '7001' }), alert({ id: own('late'), incidentId: '7002' })] },
      alert({ id: own('free'), incidentId: '7999', evidence: [host] }),
      alert({ id: own('bad'), title: '' }),
      '{"id":',
    );
    const { exitCode, output } = await docketSays(['report', path]);
    expect(output.split('\n').map((line) => line.split('\t'))).toEqual([
      ['alerts', '5 read = 3 reported + 1 refused + 1 skipped'],
      [''],
      ['line 1, row 2', expect.stringMatching(/^alert late\.\S+: incident \d+ is resolved, so it went to \d+$/)],
      ['line 3', `alert ${own('bad')} is refused: title is missing: say what was detected`],
      ['line 4', expect.stringContaining('skipped: is not JSON')],
      [''],
    ]);
    expect(exitCode).toBe(1);
    const [{ id }] = (await imported('7001')) as [any];
    expect((await admin.get(`/v1/alerts/${own('there')}`)).body).toMatchObject({
      incidentId: id,
      externalIncidentId: '7001',
    });
    expect((await admin.get(`/v1/alerts/${own('free')}`)).body).toMatchObject({ externalIncidentId: '7999' });
  });

  it('changes nothing when it is run again', async () => {
    const path = await fileOf(alert({ id: own('twice') }), alert({ id: own('twice-too') }));
    expect((await json('report', path)).summary.alerts).toMatchObject({ read: 2, reported: 2 });
    expect((await json('report', path)).summary.alerts).toMatchObject({ read: 2, unchanged: 2 });
  });

  it('takes the incident that is named as Docket’s own with --here', async () => {
    const { incidentId } = (await admin.post('/v1/incidents', { displayName: 'Ours' })).body;
    const path = await fileOf(alert({ id: own('own'), incidentId }), alert({ id: own('lost'), incidentId: '987654' }));
    const { exitCode, alerts } = await json('report', path, '--here');
    expect(alerts).toMatchObject([
      { incidentId },
      { outcome: 'refused', problem: { title: 'There is no such incident' } },
    ]);
    expect(exitCode).toBe(1);
  });

  it('takes alerts of the older API', async () => {
    const older = { ...olderIncident.alerts[0]!, alertId: own('older-one'), incidentId: 31 };
    expect((await json('report', await fileOf(older))).summary.alerts).toMatchObject({ read: 1, reported: 1 });
    expect((await admin.get(`/v1/alerts/${own('older-one')}`)).body).toMatchObject({ externalIncidentId: '31' });
  });

  it('refuses incidents, and says what takes them', async () => {
    const { exitCode, output } = await docketSays(['report', exported]);
    expect(output).toMatch(/has an incident on line 1: bring incidents along with docket import/);
    expect(exitCode).toBe(1);
  });
});

if (otherExports !== undefined)
  describe('other exports', () => {
    const names = readdirSync(otherExports).filter((name) => /\.(nd)?json$/.test(name));

    it.each(names)('%s comes along as it was', async (name) => {
      const path = join(otherExports, name);
      const isOfAlerts = rowsOf(path).some(({ title }) => title !== undefined);
      const { summary, incidents, alerts } = await json(
        isOfAlerts ? 'report' : 'import',
        path,
        '--source',
        `other-${run}`,
      );
      expectToAddUp(summary);
      if (!isOfAlerts) return expectSame(path, incidents);
      for (const [index, source] of rowsOf(path).entries())
        if (alerts[index].outcome === 'reported')
          await expectSameAlert(source, alerts[index].incidentId, ofItsIncident);
    });
  });
