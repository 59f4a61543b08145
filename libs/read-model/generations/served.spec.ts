import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Db } from 'mongodb';
import type { Following } from '#event-store';
import { comment } from '#incidents';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { projectionNames } from '../projection.js';
import { startProjection } from '../projector.js';
import { ReadModel } from '../read-model.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from '../testing/recorder.js';
import { Generation } from './generation.js';
import { Generations } from './generations.js';
import type { NextGeneration } from './generations.js';

let database: TestDatabase;
let db: Db;
let generations: Generations;
let log: InMemoryEventLog;
let docket: Recorder;
let projector: Following[];

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

let databases = 0;
beforeEach(async () => {
  db = database.db.client.db(`${database.db.databaseName}-${databases++}`);
  generations = new Generations(db);
  log = new InMemoryEventLog();
  docket = new Recorder();
  projector = [];
  docket.reported(report('a'));
  docket.happened('1', opened('1'), added(summaryOf('a')));
  await append();
});
afterEach(async () => {
  await stopProjector();
  await db.dropDatabase();
});

/** Appends what the recorder has recorded since the last time. */
async function append(): Promise<bigint> {
  const appended = Number((await log.head()) ?? 0n);
  for (const { stream, id, type, data, metadata } of docket.events.slice(appended))
    await log.append(stream, 'any', [{ id, type, data, metadata }]);
  return BigInt(docket.events.length);
}
const commented = (): Promise<bigint> => {
  docket.decided('1', comment({ comment: 'Looking.' }));
  return append();
};

async function startProjector(): Promise<void> {
  const readModel = await ReadModel.open(db);
  projector = await Promise.all(projectionNames.map((name) => startProjection(log, name, readModel)));
}
async function stopProjector(): Promise<void> {
  await Promise.all(projector.splice(0).map((following) => following.stop()));
}

/** Fills it as it is, with what is in the log so far. */
async function filled(): Promise<NextGeneration> {
  const next = (await generations.begin())!;
  const { projections, checkpoints } = new Generation(db, next.generation);
  const events = docket.events.slice();
  for (const projection of projections) {
    await projection.apply(structuredClone(events));
    await checkpoints.record(projection.name, events.at(-1)!);
  }
  return next;
}

async function taken(): Promise<NextGeneration> {
  for (;;) {
    const { next } = await generations.state();
    if (next?.fed.length === projectionNames.length) return next;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a read model', () => {
  it('begins with its first generation', async () => {
    expect(await generations.state()).toMatchObject({ serving: 1, next: null, retired: [] });
    expect((await ReadModel.open(db)).served.generation.number).toBe(1);
  });

  it('has one generation made at a time, and serves it only as it was known', async () => {
    const next = (await generations.begin())!;
    expect(next).toMatchObject({ generation: 2, phase: 'filling' });
    expect(await generations.begin()).toBeUndefined();
    expect(await generations.serve(next, 1)).toBe(false);
    await generations.follow(next);
    await generations.feeds('alerts', 2);
    expect(await generations.serve(next, 1)).toBe(false);
    expect(await generations.serve({ ...next, fed: ['alerts'] }, 7)).toBe(false);
    expect(await generations.serve({ ...next, owner: 'somebody' }, 1)).toBe(false);
    expect(await generations.serve({ ...next, fed: ['alerts'] }, 1)).toBe(true);
    expect(await generations.state()).toMatchObject({ serving: 2, next: null, retired: [1] });
    expect(await generations.begin()).toMatchObject({ generation: 3 });
  });

  it('lets whoever lost its generation know, and never gives its number again', async () => {
    const next = (await generations.begin())!;
    expect(await generations.beat(next)).toBe(true);
    expect(await generations.giveUp(next)).toBe(false);
    expect(await generations.giveUp((await generations.state()).next!)).toBe(true);
    expect(await generations.beat(next)).toBe(false);
    expect(await generations.follow(next)).toBe(false);
    expect(await generations.begin()).toMatchObject({ generation: 3 });
  });

  it('drops what belongs to no generation, and nothing else', async () => {
    for (const generation of [1, 2, 3, 12])
      await new Generation(db, generation).checkpoints.record('alerts', docket.events[0]!);
    await db.collection('incidents_v2').insertOne({});
    await generations.begin();
    await generations.dropLeftovers();
    const names = (await db.listCollections().toArray()).map(({ name }) => name).sort();
    expect(names).toEqual(['checkpoints_v3_1', 'checkpoints_v3_2', 'generations', 'incidents_v2']);
  });
});

describe('a projector that has nothing to do', () => {
  it('asks seldom what there is, for all its projections together', async () => {
    const { served } = await ReadModel.open(db);
    const { parked } = served.generation.collections;
    projector = await Promise.all(projectionNames.map((name) => startProjection(log, name, { served })));
    await Promise.all(projector.map((following) => following.reached(3n, 2_000)));
    await new Promise((resolve) => setTimeout(resolve, 600)); // each has looked
    const [asked, listed] = [jest.spyOn(served.all, 'state'), jest.spyOn(parked, 'find')];
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(8); // three times 4 where each asks for itself
    expect(listed.mock.calls.length).toBeLessThanOrEqual(3);
  });
});

describe('a generation that takes the place of another', () => {
  it('is read by who reads on, without a failure, and never as less than was read before', async () => {
    await startProjector();
    const reader = await ReadModel.open(db);
    let over = false;
    const read: number[] = [];
    const reading = (async () => {
      while (!over) {
        read.push((await reader.incident('1'))?.commentCount ?? -1);
        await reader.checkpoints.reached('incidents', await commented());
        read.push((await reader.incident('1'))!.commentCount);
        expect((await reader.queue({})).value).toHaveLength(1);
      }
    })();

    await filled().then((next) => generations.follow(next));
    expect(await generations.serve(await taken(), 1)).toBe(true);
    while (reader.served.generation.number === 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await generations.dismiss(1);
    await new Promise((resolve) => setTimeout(resolve, 600)); // the projector lets go of it
    await generations.dropLeftovers();
    over = true;
    await reading;

    expect(read).toEqual(read.toSorted((one, other) => one - other));
    expect(read.at(-1)).toBe(read.length / 2);
    expect(await db.listCollections({ name: 'incidents_v3_1' }).toArray()).toEqual([]);
  });

  it('is fed from then on by a projector that was not there when it began to be followed', async () => {
    await generations.follow(await filled());
    const position = await commented();
    await startProjector();
    await taken();
    await Promise.all(projector.map((following) => following.reached(position, 2_000)));
    const rows = [1, 2].map((number) => new Generation(db, number).collections.incidents.find().toArray());
    const [before, after] = await Promise.all(rows);
    expect(after).toEqual(before);
    expect(after).toMatchObject([{ commentCount: 1 }]);
  });

  it('catches up with what it lacks where it is far behind, while the other goes on', async () => {
    const next = (await generations.begin())!;
    for (let nth = 0; nth < 1_200; nth++) docket.decided('1', comment({ comment: `${nth}` }));
    await startProjector();
    await projector[0]!.reached(await append(), 5_000);
    await generations.follow(next);
    await taken();
    expect(await new Generation(db, 2).checkpoints.position('incidents')).toBe(BigInt(docket.events.length));
    expect(await new Generation(db, 2).collections.incidents.find().toArray()).toMatchObject([{ commentCount: 1_200 }]);
  });

  it('is asked where somebody slept until the one that he read was dropped', async () => {
    await startProjector();
    await Promise.all(projector.map((following) => following.reached(3n, 2_000)));
    const sleeper = await ReadModel.open(db);
    expect(await sleeper.incident('1')).toMatchObject({ commentCount: 0 });
    await filled().then((next) => generations.follow(next));
    await generations.serve(await taken(), 1);
    await generations.dismiss(1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await generations.dropLeftovers();
    const clock = Date.now;
    const slept = clock() + 60_000;
    Date.now = () => slept;
    try {
      expect(await sleeper.incident('1')).toMatchObject({ commentCount: 0 });
      expect(await sleeper.checkpoints.position('alerts')).toBe(3n);
    } finally {
      Date.now = clock;
    }
  });
});
