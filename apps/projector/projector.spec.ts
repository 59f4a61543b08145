import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RecordedEvent } from '#event-store';
import { comment } from '#incidents';
import { readSettings } from '#platform';
import { assemble } from '#process-managers';
import {
  IsParked,
  collectionsOf,
  ProjectionBehind,
  ReadModel,
  ReadModelOfAnotherLog,
  projectionNames,
} from '#read-model';
import { InMemoryEventLog } from '../../libs/event-store/testing/in-memory-event-log.js';
import { startTestDatabase } from '../../libs/read-model/testing/mongo.js';
import type { TestDatabase } from '../../libs/read-model/testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from '../../libs/read-model/testing/recorder.js';
import { processManagers } from './process-managers.js';
import { ProjectorModule } from './projector.module.js';
import { ProjectorMetrics } from './projector-metrics.js';
import { startProjector } from './projector.js';
import type { Projector } from './projector.js';

const docket = new Recorder();
const log = new InMemoryEventLog();
const complaints: string[] = [];
let database: TestDatabase;
let readModel: ReadModel;
let projector: Projector;

/** Appends what the recorder has recorded since the last time. */
let appended = 0;
async function append(): Promise<bigint> {
  for (const event of docket.events.slice(appended)) await write(event);
  appended = docket.events.length;
  return BigInt(appended);
}
const write = ({ stream, id, type, data, metadata }: RecordedEvent) =>
  log.append(stream, 'any', [{ id, type, data, metadata }]);

const start = () => startProjector({ log, readModel, report: (message) => complaints.push(message) });
const reached = (position: bigint, timeoutMs?: number) =>
  Promise.all(projectionNames.map((name) => readModel.checkpoints.reached(name, position, timeoutMs)));

beforeAll(async () => {
  database = await startTestDatabase();
  readModel = await ReadModel.open(database.db);
  docket.reported(report('a'));
  docket.happened('1', opened('1'), added(summaryOf('a')));
  await append();
  projector = await start();
});
afterAll(async () => {
  await projector.stop();
  await database.stop();
});

describe('the projector', () => {
  it('shows what happened before it started', async () => {
    await reached(3n);
    expect(await readModel.incident('1')).toMatchObject({ alertCount: 1, revision: 1 });
    expect((await readModel.alertsOf('1')).value).toMatchObject([{ _id: 'a', incidentId: '1' }]);
  });

  it('shows what happens, to whoever waits for it', async () => {
    docket.decided('1', comment({ comment: 'Looking.' }));
    await reached(await append());
    expect(await readModel.incident('1')).toMatchObject({ commentCount: 1 });
  });

  it('passes what it does not show, so that nobody waits for it in vain', async () => {
    docket.record('register', { type: 'IncidentRegistered', data: {} });
    await reached(await append());
  });

  it('goes on where it was stopped', async () => {
    await projector.stop();
    docket.decided('1', comment({ comment: 'Found.' }));
    const position = await append();
    await expect(reached(position, 30)).rejects.toThrow(ProjectionBehind);
    projector = await start();
    await reached(position);
    expect(await readModel.incident('1')).toMatchObject({ commentCount: 2 });
  });

  it('does not follow a log that ends before what the read model shows', async () => {
    const shorter = new InMemoryEventLog();
    const told: string[] = [];
    const ahead = await startProjector({ log: shorter, readModel, report: (message) => told.push(message) });
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told.join()).toMatch(/incidents has stopped: .*another log.*alerts has stopped/);
    const health = { status: 'failing', why: 'ReadModelOfAnotherLog' };
    expect(await ahead.check()).toMatchObject({ incidents: health, alerts: health });
    await ahead.stop();
  });

  it('does not follow a copy of its log, where everything stands at another position', async () => {
    const copy = new InMemoryEventLog();
    await copy.append('$settings', 'any', docket.events.slice(0, 1));
    for (const { stream, ...event } of docket.events) await copy.append(stream, 'any', [event]);
    const before = await readModel.incident('1');
    const told: string[] = [];
    const other = await startProjector({ log: copy, readModel, report: (message) => told.push(message) });
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told.join()).toMatch(/incidents has stopped: .*another log.*alerts has stopped/);
    await other.stop();
    expect(await readModel.incident('1')).toEqual(before);

    const [correlator] = processManagers({
      assembly: assemble({ log: copy, clock: () => new Date(), readModel }),
      readModel,
      db: database.db,
      correlation: readSettings({}).correlation,
      onError: () => undefined,
    });
    await expect(correlator!.start()).rejects.toThrow(ReadModelOfAnotherLog);
  });

  it('goes on from a checkpoint of an earlier Docket, which names no event', async () => {
    await projector.stop();
    await collectionsOf(database.db, 1).checkpoints.updateMany({}, { $unset: { event: '' } });
    docket.decided('1', comment({ comment: 'And on.' }));
    const position = await append();
    projector = await start();
    await reached(position);
    expect(await readModel.incident('1')).toMatchObject({ commentCount: 3 });
    await projector.stop(); // those who wait are told before the checkpoint is written
    projector = await start();
    expect((await readModel.checkpoints.of('incidents'))?.event).toMatchObject({ stream: 'incident-1', position });
  });

  it('parks what it cannot project, says so, and shows it again when that is mended and asked for', async () => {
    const metrics = new ProjectorMetrics(projector, readModel, { events: 0, outcomes: new Map(), seconds: 0 });
    const app = await NestFactory.create<NestFastifyApplication>(
      ProjectorModule.of(projector, metrics),
      new FastifyAdapter(),
      {
        logger: false,
      },
    );
    await app.init();
    const ready = () => app.inject({ method: 'GET', url: '/health/ready' });
    while ((await ready()).statusCode !== 200) await new Promise((resolve) => setTimeout(resolve, 10)); // it has just started
    expect(await ready()).toMatchObject({ statusCode: 200 });
    expect(await app.inject({ method: 'GET', url: '/health/live' })).toMatchObject({ statusCode: 200 });

    docket.happened('2', opened('2'));
    docket.record('incident-2', { type: 'IncidentAssigned', data: { alertIds: 'of a stranger' } });
    docket.record('incident-3', { type: 'IncidentCommented', data: { comment: 'To nothing.' } });
    docket.decided('1', comment({ comment: 'Still here.' }));
    await reached(await append());
    expect(await projector.check()).toMatchObject({ projector: { status: 'ok', state: 'projecting' } });
    // Who waits is told before the batch is done with.
    const isDone = async (name: string) => (await projector.check())[name]?.lagEvents === 0;
    while (!(await isDone('incidents')) || !(await isDone('alerts'))) await new Promise(setImmediate);
    const degraded = await ready();
    expect(degraded).toMatchObject({ statusCode: 200 });
    expect(degraded.json()).toMatchObject({
      status: 'degraded',
      parts: {
        incidents: { status: 'degraded', state: 'live', lagEvents: 0, parked: 1 },
        alerts: { status: 'degraded', state: 'live', parked: 1 },
      },
    });
    expect(degraded.body).not.toContain('incident-2');
    const { payload: told, headers } = await app.inject({ method: 'GET', url: '/metrics' });
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    expect(told).toMatch(/^docket_projector_lease_held 1$/m);
    for (const process of ['incidents', 'alerts']) {
      expect(told).toContain(`docket_projector_up{process="${process}"} 1\n`);
      expect(told).toContain(`docket_projector_lag_events{process="${process}"} 0\n`);
      expect(told).toContain(`docket_projector_lag_seconds{process="${process}"} 0\n`);
      expect(told).toContain(`docket_projector_position{process="${process}"} ${appended}\n`);
      expect(told).toContain(`docket_projector_parked{process="${process}"} 1\n`);
      expect(told).toMatch(new RegExp(`docket_projector_events_total\\{process="${process}"\\} [1-9]`));
    }
    expect(await readModel.incident('1')).toMatchObject({ commentCount: 4 });
    expect((await readModel.parked()).map(({ projection, id }) => `${projection} ${id}`).sort()).toEqual([
      'alerts 2',
      'incidents 3',
    ]);
    await expect(readModel.incident('3')).rejects.toThrow(IsParked);
    await expect(readModel.alertsOf('2')).rejects.toThrow(IsParked);
    expect(complaints.toSorted()).toEqual([
      expect.stringContaining('alerts has parked incident 2: Event 1 of incident-2 (IncidentAssigned)'),
      expect.stringContaining('incidents has parked incident 3: Event 0 of incident-3'),
    ]);

    expect(await readModel.requestUnpark('3')).toBe(1);
    while (complaints.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(complaints[2]).toMatch(/incidents leaves incident 3 parked: .*before the incident began/);
    await app.close();
  });
});
