import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from './client.js';
import { RunningDocket } from './docket.js';
import { describeEmbedded } from './given-servers.js';
import { RunningProgram, temporaryFolder } from './processes.js';
import { alert, device } from './reports.js';

const main = join(import.meta.dirname, '../../dist/apps/cli/main.js');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly told: string;
}

/** Runs docket to its end, piped, as a script does. */
const run = (args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(DOCKET_|NODE_OPTIONS|FORCE_COLOR)/.test(name));
    const env = { ...Object.fromEntries(inherited), ...settings };
    execFile(process.execPath, [main, ...args], { env, maxBuffer: 2 ** 26 }, (error, out, told) =>
      resolve({ code: error ? Number(error.code) : 0, out, told }),
    );
  });

const rows = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));

let docket: RunningDocket;
let kim: Client;
let settings: Record<string, string>;
let incidentId: string;
let alertId: string;
const deviceName = `pc-${Date.now()}`;
/** Of the last command: what a query should show. */
let position: string;
const nasty = '=HYPERLINK("https://evil.example")\u001b[2J\nsecond line';

beforeAll(async () => {
  docket = await RunningDocket.start();
  kim = await docket.as('kim', 'admin');
  settings = { DOCKET_URL: docket.address, DOCKET_TOKEN: kim.token! };
  const report = alert({
    title: 'Suspicious\u202E PowerShell',
    severity: 'high',
    evidence: [device(deviceName)],
  });
  alertId = report.id;
  incidentId = (await kim.post('/v1/alerts', report)).body.incidentId;
  await kim.post(`/v1/incidents/${incidentId}/assign`, { assignedTo: 'me' });
  await kim.post(`/v1/incidents/${incidentId}/comments`, { comment: nasty });
  await kim.post(`/v1/alerts/${alertId}/comments`, { comment: 'Isolated.' });
  await kim.post(`/v1/incidents/${incidentId}/tags`, { add: ['VIP'] });
  position = (await kim.post(`/v1/incidents/${incidentId}/resolve`, { classification: 'truePositive' })).body.position;
  await kim.after(position, '/v1/incidents?limit=1');
  await kim.after(position, `/v1/incidents/${incidentId}/alerts`);
}, 60_000);
afterAll(() => docket?.stop());

const docketDoes = (...args: string[]) => run(args, settings);

describe('docket queue', () => {
  it('piped, has a row an incident, with neither titles nor cuts', async () => {
    const { code, out, told } = await docketDoes('queue', '--entity', deviceName);
    expect({ code, told }).toEqual({ code: 0, told: '' });
    expect(rows(out)).toEqual([
      [incidentId, 'high', 'resolved', 'kim', '0/1', expect.stringMatching(/Z$/), 'Suspicious PowerShell'],
    ]);
  });

  it('says the same as JSON, whole or a line each', async () => {
    const whole = JSON.parse((await docketDoes('queue', '--entity', deviceName, '--json')).out);
    expect(whole).toMatchObject({ value: [{ id: incidentId, status: 'resolved' }], nextCursor: null, total: 1 });
    const line = await docketDoes('queue', '--entity', deviceName, '--ndjson');
    expect(JSON.parse(line.out)).toEqual(whole.value[0]);
  });

  it('has the filters as flags, which may be repeated', async () => {
    const filters = ['--status', 'resolved', '--status', 'active', '--assigned-to', 'me', '--tag', 'vip'];
    expect(rows((await docketDoes('queue', '--entity', deviceName, ...filters)).out)).toHaveLength(1);
    expect((await docketDoes('queue', '--entity', deviceName, '--status', 'active')).out).toBe('');
  });
});

describe('docket show', () => {
  it('piped, has a field a line, then the alerts', async () => {
    const { code, out } = await docketDoes('show', incidentId);
    expect(code).toBe(0);
    const lines = rows(out);
    expect(lines).toContainEqual(['classification', 'truePositive']);
    expect(lines).toContainEqual(['owner', 'kim']);
    expect(lines).toContainEqual(['high', 'resolved', 'kim', 'Suspicious PowerShell', alertId]);
  });

  it('shows the incident with its alerts as one document', async () => {
    const shown = JSON.parse((await docketDoes('show', incidentId, '--json')).out);
    const { body: incident } = await kim.get(`/v1/incidents/${incidentId}`);
    const { body: alerts } = await kim.get(`/v1/incidents/${incidentId}/alerts`);
    expect(shown).toEqual({ ...incident, alerts: alerts.value });
  });

  it('shows it as it was at a revision, and at a time', async () => {
    const { body } = await kim.get(`/v1/incidents/${incidentId}/history`);
    const assigned = body.value.find(({ type }: { type: string }) => type === 'IncidentAssigned');
    for (const moment of [
      ['--revision', String(assigned.revision)],
      ['--as-of', assigned.at],
    ]) {
      const then = JSON.parse((await docketDoes('show', incidentId, ...moment, '--json')).out);
      expect(then).toMatchObject({ status: 'active', assignedTo: 'kim', customTags: [], revision: assigned.revision });
      expect(then.alerts).toEqual([{ id: alertId, title: 'Suspicious\u202E PowerShell', severity: 'high' }]);
    }
  });

  it('ends with 1 and the advice where there is none, and with 2 where it is not understood', async () => {
    expect(await docketDoes('show', '999999999999999')).toMatchObject({
      code: 1,
      out: '',
      told: expect.stringContaining('There is no such incident'),
    });
    expect(await docketDoes('show', incidentId, '--revision', '1', '--as-of', '2026-01-01T00:00:00Z')).toMatchObject({
      code: 2,
    });
    expect(await docketDoes('show')).toMatchObject({ code: 2 });
  });
});

describe('docket history', () => {
  const history = async (...args: string[]) => docketDoes('history', incidentId, ...args);
  const typesOf = (out: string) => rows(out).map((cells) => cells[3]);

  it('piped, has an entry a line, the oldest first, in which nothing can act', async () => {
    const { code, out } = await history();
    expect(code).toBe(0);
    expect(typesOf(out).filter((type) => type !== 'IncidentSeverityChanged')).toEqual([
      'IncidentOpened',
      'AlertAdded',
      'IncidentAssigned',
      'IncidentCommented',
      'AlertCommented',
      'IncidentTagged',
      'IncidentClassified',
      'IncidentResolved',
    ]);
    expect(out).not.toContain('\u001b');
    expect(rows(out).find(([, , , type]) => type === 'IncidentAssigned')).toEqual(
      expect.arrayContaining(['kim', alertId, 'owner: kim']),
    );
  });

  it('is the whole history of the API as JSON lines, also where it is more than a page', async () => {
    const opened = (await kim.post('/v1/incidents', { displayName: 'Long' })).body.incidentId;
    for (let sent = 0; sent < 230; sent += 23)
      await Promise.all(
        Array.from({ length: 23 }, (_, index) =>
          kim.post(`/v1/incidents/${opened}/comments`, { comment: `${sent + index}` }),
        ),
      );
    const { out } = await docketDoes('history', opened, '--ndjson');
    const entries = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map(({ revision }) => revision)).toEqual(Array.from({ length: 231 }, (_, index) => index));
    const whole = JSON.parse((await docketDoes('history', opened, '--json')).out);
    expect(whole.value).toEqual(entries);
    const newest = await docketDoes('history', opened, '--newest-first', '--limit', '205');
    expect(rows(newest.out).map(([revision]) => Number(revision))).toEqual(
      Array.from({ length: 205 }, (_, index) => 230 - index),
    );
  }, 60_000);

  it('is filtered', async () => {
    expect(typesOf((await history('--comments')).out)).toEqual(['IncidentCommented', 'AlertCommented']);
    expect(typesOf((await history('--audits', '--actor', 'kim', '--limit', '1')).out)).toEqual(['IncidentAssigned']);
    expect(typesOf((await history('--alert', alertId, '--comments')).out)).toEqual(['AlertCommented']);
    expect((await history('--from', '2100-01-01T00:00:00Z')).out).toBe('');
  });

  it('is CSV that a spreadsheet does not calculate', async () => {
    const { out } = await history('--csv', '--bom');
    expect(out).toMatch(/^\uFEFFrevision,at,actorId,/);
    expect(out).toContain(`"'=HYPERLINK(""https://evil.example"")\u001b[2J\nsecond line"`);
    expect((await history('--csv')).out).toMatch(/^revision,/);
  });

  it('tells how the incident differs between two revisions', async () => {
    const { body } = await kim.get(`/v1/incidents/${incidentId}`);
    const difference = JSON.parse((await history('--diff', '0..', '--json')).out);
    expect(difference).toMatchObject({ from: { revision: 0 }, to: { revision: body.revision } });
    expect(difference.changes).toEqual(
      expect.arrayContaining([
        { property: 'status', from: 'active', to: 'resolved' },
        { property: 'assignedTo', from: null, to: 'kim' },
        { property: 'customTags', from: [], to: ['VIP'] },
      ]),
    );
    expect(difference.alerts).toEqual({ come: [{ id: alertId, title: 'Suspicious\u202E PowerShell' }], gone: [] });
    expect((await history('--diff', '0..')).out).toContain(`+ alert\tSuspicious PowerShell\t${alertId}\n`);
    expect((await history('--diff', '1..1')).out).toBe('No difference.\n');
    expect(await history('--diff', '0..9999')).toMatchObject({ code: 1 });
    expect(await history('--diff', '3..1')).toMatchObject({ code: 2 });
  });

  it('ends with 3 where nobody answers', async () => {
    const nobody = { DOCKET_URL: 'http://127.0.0.1:1', DOCKET_TOKEN: 'x' };
    expect(await run(['history', '1'], nobody)).toMatchObject({ code: 3, out: '' });
  });
});

describe('an incident that was merged', () => {
  let into: string;
  let from: string;
  beforeAll(async () => {
    const opened = async (displayName: string) => (await kim.post('/v1/incidents', { displayName })).body.incidentId;
    [into, from] = [await opened('Stays'), await opened('Merged')];
    const merged = await kim.post('/v1/incidents/merge', { incidentIds: [into, from], comment: 'One actor.' });
    await kim.after(merged.body.position, '/v1/incidents?limit=1');
  });

  it('is in the queue of those that were merged, and in no other', async () => {
    const queued = async (...args: string[]) => rows((await docketDoes('queue', '--limit', '200', ...args)).out);
    expect((await queued()).map(([id]) => id)).not.toContain(from);
    expect(await queued('--status', 'redirected')).toEqual([
      [from, 'unknown', 'redirected', '-', '0/0', expect.stringMatching(/Z$/), 'Merged'],
    ]);
  });

  it('is shown with the one that it is part of', async () => {
    const { code, out } = await docketDoes('show', from);
    expect(code).toBe(0);
    expect(rows(out)).toEqual(
      expect.arrayContaining([
        ['status', 'redirected'],
        ['merged into', into],
        ['tags', 'Redirected'],
      ]),
    );
  });

  it('is in both histories', async () => {
    const last = async (id: string) => rows((await docketDoes('history', id)).out).at(-1);
    expect((await last(from))?.slice(2)).toEqual([
      'kim',
      'IncidentMerged',
      '',
      `status: active → redirected; merged into: ${into}`,
      'One actor.',
    ]);
    expect((await last(into))?.slice(2)).toEqual(['kim', 'IncidentAbsorbed', '', `incident: ${from}`, 'One actor.']);
  });
});

describe('docket doctor', () => {
  it('finds nothing ill, and says who asks and whether the queue is fresh', async () => {
    const { code, out } = await docketDoes('doctor', '--json');
    const { isWell, findings } = JSON.parse(out);
    expect({ code, isWell }).toEqual({ code: 0, isWell: true });
    expect(findings).toEqual(
      expect.arrayContaining([
        { about: 'event store', state: 'well', found: 'well' },
        { about: 'token', state: 'well', found: expect.stringContaining('kim (admin)') },
        { about: 'queue', state: 'well', found: expect.any(String) },
      ]),
    );
  });

  it('ends with 1 where the token is not taken, and says what to do', async () => {
    const { code, out } = await docketDoes('doctor', '--token', 'abc');
    expect(code).toBe(1);
    expect(out).toMatch(/✗ token .*is not taken.*docket token/s);
  });

  it('does without a running docket, and says so', async () => {
    const { code, out } = await run(['doctor', '--data', '/nowhere/at/all']);
    expect(code).toBe(1);
    expect(out).toMatch(/! process .*no docket runs on[^]*docket start/);
  });
});

describe('docket completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, out } = await docketDoes('completion', shell);
    expect(code).toBe(0);
    expect(out).toContain('docket complete');
  });

  it('answers what the scripts ask', async () => {
    expect((await docketDoes('complete', '--', 'queue', '--status', '')).out).toBe(
      'active\t\ninProgress\t\nresolved\t\nredirected\t\n:4\n',
    );
    expect((await docketDoes('complete', '--', 'hist')).out).toMatch(/^history\t.+\n:4\n$/);
    expect((await docketDoes('complete', '--', 'token', '--role', 'aud')).out).toBe('auditor\t\n:4\n');
  });
});

describeEmbedded('docket history --follow', 'it starts the docket again on its own stores', () => {
  it('prints what there is and what comes, also behind a restart, and ends well with Ctrl-C', async () => {
    const folder = await temporaryFolder();
    const own = { DOCKET_DATA: `${folder.path}/data`, DOCKET_PORT: '0', DOCKET_EXAMPLES: 'off' };
    const start = async () => {
      const started = new RunningProgram('apps/cli/main.js', ['start'], own);
      const client = new Client(await started.says(/ready: (\S+)/), await started.says(/export TOKEN=(\S+)/));
      return { started, comment: (comment: string) => client.post('/v1/incidents/1/comments', { comment }), client };
    };
    let following: RunningProgram | undefined;
    let running = await start();
    try {
      await running.client.post('/v1/incidents', { displayName: 'Followed' });
      await running.comment('Before.');
      following = new RunningProgram('apps/cli/main.js', ['history', '1', '--follow', '--ndjson'], own);
      await following.says(/"Before\."/);
      await running.comment('Meanwhile.');
      await following.says(/"Meanwhile\."/);

      await running.started.stop();
      await following.says(/waiting until it does/);
      running = await start();
      await running.comment('Afterwards.');
      await following.says(/"Afterwards\."/);
      for (const once of ['Before.', 'Meanwhile.', 'Afterwards.'])
        expect(following.output.split(`"${once}"`)).toHaveLength(2);
      expect(await following.stop('SIGINT')).toBe(0);
    } finally {
      await following?.stop('SIGKILL');
      await running.started.stop();
      await folder.remove();
    }
  }, 90_000);
});
