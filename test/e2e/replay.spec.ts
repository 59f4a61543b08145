import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from './client.js';
import { RunningDocket } from './docket.js';
import { RunningProgram } from './processes.js';
import { alert, device } from './reports.js';

let docket: RunningDocket;
let settings: Record<string, string>;
let incidentId: string;
let alertId: string;
/** After each command: its position, and the incident as it then was. */
const moments: { position: string; incident: any }[] = [];

/** In the folder for temporary files. */
let before: Set<string>;

beforeAll(async () => {
  before = new Set(await readdir(tmpdir()));
  docket = await RunningDocket.start();
  const kim = await docket.as('kim', 'admin');
  settings = { DOCKET_URL: docket.address, DOCKET_TOKEN: (await docket.as('aud', 'auditor')).token! };
  const report = alert({ evidence: [device(`pc-${Date.now()}`)] });
  alertId = report.id;
  const first = await kim.post('/v1/alerts', report);
  ({ incidentId } = first.body);
  const steps: [string, object][] = [
    [`incidents/${incidentId}/assign`, { assignedTo: 'me' }],
    [`incidents/${incidentId}/rename`, { displayName: 'Für später ☂' }],
    [`alerts/${alertId}/start`, {}],
    [`incidents/${incidentId}/comments`, { comment: 'Looking.' }],
    [`incidents/${incidentId}/resolve`, { classification: 'truePositive' }],
    [`incidents/${incidentId}/reopen`, {}],
  ];
  for (const [path, body] of steps) {
    const { position } = (await kim.post(`/v1/${path}`, body)).body;
    moments.push({ position, incident: (await kim.after(position, `/v1/incidents/${incidentId}`)).body });
  }
}, 60_000);
afterAll(() => docket?.stop());

async function replay(
  args: string[],
  but: Record<string, string> = {},
): Promise<{ code: number | null; said: string }> {
  const command = new RunningProgram('apps/cli/main.js', ['replay', ...args], { ...settings, ...but });
  return { code: await command.ended, said: command.output };
}
const until = async (moment: string, ...args: string[]) =>
  JSON.parse((await replay(['--until', moment, ...args, '--json'])).said);

const left = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('docket-past-') && !before.has(name));

describe('docket replay', () => {
  it('shows the queue as it was at a position', async () => {
    for (const { position, incident } of moments) {
      const { value } = await until(position, '--limit', '100000');
      expect(value.find(({ id }: { id: string }) => id === incidentId)).toEqual(incident);
    }
  }, 60_000);

  it('shows it as it was at a time', async () => {
    const { incident } = moments[2]!;
    const { value } = await until(incident.lastUpdateDateTime, '--assigned-to', 'kim', '--limit', '100000');
    const found = value.find(({ id }: { id: string }) => id === incidentId);
    expect(found.lastUpdateDateTime).toBe(incident.lastUpdateDateTime);
    expect(found.revision).toBeGreaterThanOrEqual(incident.revision); // others may share the millisecond
  });

  it('shows one incident, with its alerts and its history', async () => {
    const { position, incident } = moments[4]!;
    const { alerts, history, ...found } = await until(position, '--incident', incidentId);
    expect(found).toEqual(incident);
    expect(alerts).toEqual([expect.objectContaining({ id: alertId, status: 'resolved', assignedTo: 'kim' })]);
    expect(history).toHaveLength(incident.revision + 1);
  });

  it('filters as the queue does', async () => {
    const ids = async (...args: string[]) =>
      (await until(moments[4]!.position, ...args, '--limit', '100000')).value.map(({ id }: { id: string }) => id);
    expect(await ids('--status', 'resolved', '--assigned-to', 'kim')).toContain(incidentId);
    expect(await ids('--status', 'active', '--status', 'inProgress')).not.toContain(incidentId);
  });

  it('refuses what it cannot know', async () => {
    expect(await replay(['--until', 'yesterday'])).toMatchObject({ code: 2 });
    expect(await replay(['--until', moments[0]!.position, '--incident', '999999999'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('There was no incident 999999999'),
    });
    const { token } = await docket.as('ana', 'analyst');
    expect(await replay(['--until', '1'], { DOCKET_TOKEN: token! })).toMatchObject({ code: 1 });
  });

  it('serves the past by the real API, takes no commands, and leaves nothing behind', async () => {
    const { position, incident } = moments[4]!;
    const past = new RunningProgram('apps/cli/main.js', ['replay', '--until', position, '--serve', '0'], settings);
    const address = await past.says(/(http:\/\/127\.0\.0\.1:\d+), read-only/, 40_000);
    const client = new Client(address, await past.says(/export TOKEN=(\S+)/));

    expect((await client.get(`/v1/incidents?q=${incidentId}`)).body.value).toContainEqual(incident);
    expect((await client.get(`/v1/incidents/${incidentId}`)).body).toEqual(incident);
    expect((await client.get(`/v1/alerts/${alertId}`)).body).toMatchObject({ incidentId, status: 'resolved' });
    const { value } = (await client.get(`/v1/incidents/${incidentId}/history?order=desc&limit=1`)).body;
    expect(value).toMatchObject([{ type: 'IncidentResolved', revision: incident.revision }]);
    const refused = await client.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' });
    expect(refused).toMatchObject({ status: 405, body: { detail: expect.stringContaining('This is the past') } });
    expect(refused.headers.get('allow')).toBe('GET, HEAD');
    expect((await new Client(address, undefined).get('/v1/incidents')).status).toBe(401);

    expect(await past.stop('SIGINT')).toBe(0);
    expect(await left()).toEqual([]);
  }, 60_000);

  it('serves a past that stands still though it was asked for beyond the end, until its terminal is closed', async () => {
    const past = new RunningProgram(
      'apps/cli/main.js',
      ['replay', '--until', `${2n ** 62n}`, '--serve', '0'],
      settings,
    );
    const address = await past.says(/(http:\/\/127\.0\.0\.1:\d+), read-only/, 40_000);
    const client = new Client(address, await past.says(/export TOKEN=(\S+)/));
    const then = (await client.get(`/v1/incidents/${incidentId}/history`)).body;
    const kim = await docket.as('kim', 'admin');
    expect((await kim.post(`/v1/incidents/${incidentId}/comments`, { comment: 'Later.' })).status).toBe(200);
    expect((await client.get(`/v1/incidents/${incidentId}/history`)).body).toEqual(then);

    await past.stop('SIGHUP');
    expect(await left()).toEqual([]);
  }, 60_000);
});
