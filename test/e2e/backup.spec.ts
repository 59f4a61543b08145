import { randomUUID } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { Client } from './client.js';
import { describeEmbedded } from './given-servers.js';
import { RunningProgram, temporaryFolder } from './processes.js';
import { alert, device } from './reports.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const running: RunningProgram[] = [];
const at = (name: string) => `${folder.path}/${name}`;
beforeAll(async () => (folder = await temporaryFolder()));
afterAll(async () => {
  for (const program of running.reverse()) await program.stop();
  await folder?.remove();
});

function program(file: string, args: string[], settings: Record<string, string> = {}): RunningProgram {
  const started = new RunningProgram(file, args, { DOCKET_DATA: at('data'), DOCKET_PORT: '0', ...settings });
  running.push(started);
  return started;
}

async function docket(
  args: string[],
  settings?: Record<string, string>,
): Promise<{ code: number | null; said: string }> {
  const command = program('apps/cli/main.js', args, settings);
  return { code: await command.ended, said: command.output };
}

/** `docket start`, and a client of it. */
async function start(settings: Record<string, string> = {}): Promise<{ program: RunningProgram; client: Client }> {
  const started = program('apps/cli/main.js', ['start'], settings);
  await started.says(/Three things to try:\s+curl.+\s+curl.+\s+curl.+\s/, 40_000);
  const client = new Client(await started.says(/ready: (\S+)/), await started.says(/export TOKEN=(\S+)/));
  return { program: started, client };
}

const fingerprintIn = (said: string) => /sha256:[\da-f]{64}/.exec(said)?.[0];

/** What GET /v1/events answers: the events of a type, and the end. */
async function eventLines({ address, token }: Client, type: string): Promise<any[]> {
  const answer = await fetch(`${address}/v1/events?type=${type}`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** All incidents, when the read model has come to the end of the log. */
async function incidentsOf(client: Client): Promise<{ id: string; position: string }[]> {
  const [{ end }] = (await eventLines(client, 'None')).slice(-1);
  for (;;) {
    const { status, body } = await client.after(end.position, '/v1/incidents?limit=200&sort=id');
    if (status === 200) return body.value;
    expect(status).toBe(503);
  }
}

/** Positions are the store's own. */
const withoutPositions = (incidents: { position: string }[]) => incidents.map((each) => ({ ...each, position: '' }));

/** The alerts that the correlator has routed, as often as it has. */
async function routed(client: Client): Promise<string[]> {
  const events = (await eventLines(client, 'AlertsRouted')).slice(0, -1);
  return events.flatMap(({ data }) => data.routes.map(({ alertId }: { alertId: string }) => alertId)).sort();
}

/** Reports an alert about something new, then one about the same: both come into one new incident. */
async function goesOn(client: Client): Promise<void> {
  const before = await routed(client);
  expect(new Set(before).size).toBe(before.length);
  const [first, second] = [0, 1].map(() => alert({ evidence: [device('after-the-copy')] }));
  const one = await client.post('/v1/alerts', first);
  const other = await client.post('/v1/alerts', second);
  expect([one.status, other.status]).toEqual([201, 201]);
  expect(other.body.incidentId).toBe(one.body.incidentId);
  expect(await routed(client)).toEqual([...before, first!.id, second!.id].sort());
}

describeEmbedded('the log taken along', 'the other stores are embedded ones', () => {
  let incidents: { position: string }[];
  let fingerprint: string | undefined;

  beforeAll(async () => {
    const { client } = await start();
    const [first] = await incidentsOf(client);
    const alerts = (await client.get(`/v1/incidents/${first!.id}/alerts`)).body.value;
    const move = await client.post(
      '/v1/alerts/move',
      { alertIds: [alerts[0].id], incidentId: null },
      { headers: { 'idempotency-key': randomUUID() } },
    );
    expect(move.status).toBe(201);
    incidents = await incidentsOf(client);
  }, 60_000);

  it('is backed up while Docket runs, and never over a file that is there', async () => {
    const made = await docket(['backup', at('log.gz')]);
    expect(made).toMatchObject({ code: 0 });
    fingerprint = fingerprintIn(made.said);
    const before = await readFile(at('log.gz'));
    expect(await docket(['backup', at('log.gz')])).toMatchObject({ code: 1, said: expect.stringContaining('--force') });
    expect(await readFile(at('log.gz'))).toEqual(before);
    expect(await docket(['backup', at('log.gz'), '--force'])).toMatchObject({ code: 0 });
    expect((await readdir(folder.path)).filter((name) => name.startsWith('log.gz'))).toEqual(['log.gz']);
  });

  it('is verified as it stands in the store and in the backup, and the read model with it', async () => {
    const log = await docket(['verify', '--json']);
    expect(log.code).toBe(0);
    const found = JSON.parse(log.said);
    expect(found).toMatchObject({ faults: { count: 0 }, unknown: {}, fingerprint });
    expect(found.readModel).toEqual({ documents: expect.any(Number), faults: { count: 0, first: [] } });
    // Beside them those of devices, users and mailboxes.
    expect(found.readModel.documents).toBeGreaterThan(incidents.length + found.alerts);
    const backup = await docket(['verify', '--backup', at('log.gz')]);
    expect(backup).toMatchObject({ code: 0, said: expect.stringContaining(fingerprint!) });
  });

  it('is restored into an empty folder, on which Docket goes on', async () => {
    const restored = await docket(['restore', at('log.gz')], { DOCKET_DATA: at('restored') });
    expect(restored).toMatchObject({ code: 0, said: expect.stringContaining(fingerprint!) });
    expect(await docket(['restore', at('log.gz')], { DOCKET_DATA: at('restored') })).toMatchObject({
      code: 1,
      said: expect.stringContaining('is not empty'),
    });
    const { client, program } = await start({ DOCKET_DATA: at('restored') });
    expect(withoutPositions(await incidentsOf(client))).toEqual(withoutPositions(incidents));
    await goesOn(client);
    await program.stop();
    expect(await docket(['verify'], { DOCKET_DATA: at('restored') })).toMatchObject({ code: 0 });
  }, 90_000);

  it('is not restored from a file that was cut off', async () => {
    const whole = await readFile(at('log.gz'));
    await writeFile(at('cut.gz'), whole.subarray(0, whole.length - 100));
    const refused = await docket(['restore', at('cut.gz')], { DOCKET_DATA: at('nothing') });
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('cut off') });
    expect(await readdir(folder.path)).not.toContain('nothing');
  });

  it('is copied into another store, where positions are others, and Docket goes on there', async () => {
    const store = program('libs/embedded-eventstore/main.js', ['--port', '0', '--data', at('other')]);
    const url = await store.says(/(esdb:\S+)/);
    await takePositions(url, 25);
    const copied = await docket(['copy', '--to', url]);
    expect(copied).toMatchObject({ code: 0, said: expect.stringContaining(fingerprint!) });
    const again = await docket(['copy', '--to', url]);
    expect(again).toMatchObject({ code: 0, said: expect.stringContaining('were there already') });

    const refused = await docket(['restore', at('log.gz')], { EVENTSTORE_URL: url });
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('holds events') });
    const continued = await docket(['restore', at('log.gz'), '--continue'], { EVENTSTORE_URL: url });
    expect(continued).toMatchObject({ code: 0, said: expect.stringContaining(fingerprint!) });
    const verified = await docket(['verify', '--json'], { EVENTSTORE_URL: url });
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.said).readModel).toBeNull(); // that of the docket that runs here is of another log

    const onReadModelOfAnother = program('apps/cli/main.js', ['start'], {
      EVENTSTORE_URL: url,
      DOCKET_DATA: at('restored'),
    });
    await onReadModelOfAnother.says(/incidents has stopped: .*made from another log/, 40_000);
    await onReadModelOfAnother.stop();

    const settings = { EVENTSTORE_URL: url, DOCKET_DATA: at('on-the-copy') };
    const { client } = await start(settings);
    const there = await incidentsOf(client);
    expect(withoutPositions(there)).toEqual(withoutPositions(incidents));
    expect(there[0]!.position).not.toBe(incidents[0]!.position);
    await goesOn(client);
    expect(await docket(['verify'], settings)).toMatchObject({
      code: 0,
      said: expect.stringContaining('each is what the log tells'),
    });
    expect(await docket(['copy', '--to', url])).toMatchObject({
      code: 1,
      said: expect.stringContaining('Take an empty store'),
    });
  }, 90_000);

  it('is not read where there is none', async () => {
    expect(await docket(['verify'], { DOCKET_DATA: at('nowhere') })).toMatchObject({
      code: 1,
      said: expect.stringContaining('There is no log'),
    });
    const nobody = { EVENTSTORE_URL: 'esdb://127.0.0.1:9?tls=false' };
    expect(await docket(['backup', at('x.gz')], nobody)).toMatchObject({ code: 3 });
  }, 60_000);
});

/** System events, which are no part of a log, stand at the first positions. */
async function takePositions(url: string, count: number): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  for (let n = 0; n < count; n++) await client.setStreamMetadata('somebody-elses', { maxAge: 1_000 + n });
  await client.dispose();
}
