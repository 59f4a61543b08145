import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Db } from 'mongodb';
import type { Following } from '#event-store';
import { assign, comment } from '#incidents';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { Served } from '../generations/served.js';
import { projectionNames } from '../projection.js';
import { startProjection } from '../projector.js';
import { ReadModel } from '../read-model.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { pureFold } from '../testing/pure-fold.js';
import { added, opened, Recorder, report, summaryOf } from '../testing/recorder.js';
import { rebuild, RebuildGivenUp, RebuildUnderWay } from './rebuild.js';
import type { RebuildOptions, Step } from './rebuild.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

let databases = 0;
let db: Db;
let log: InMemoryEventLog;
let docket: Recorder;
let readModel: ReadModel;
let projector: Following[];
beforeEach(async () => {
  db = database.db.client.db(`${database.db.databaseName}-${databases++}`);
  log = new InMemoryEventLog();
  docket = new Recorder();
  for (const id of ['1', '2', '3']) {
    docket.reported(report(id));
    docket.happened(id, opened(id), added(summaryOf(id)));
  }
  await append();
  readModel = await ReadModel.open(db);
  await startProjector();
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
  projector = await Promise.all(projectionNames.map((name) => startProjection(log, name, readModel)));
  const head = (await log.head())!;
  await readModel.checkpoints.reached('incidents', head, 5_000);
  await readModel.checkpoints.reached('alerts', head, 5_000);
}
async function stopProjector(): Promise<void> {
  await Promise.all(projector.splice(0).map((following) => following.stop()));
}

/** The log, which gives its events when something else has happened. */
const readAfter = (happened: () => Promise<void>) =>
  new Proxy(log, {
    get: (target, property) =>
      property === 'readAll'
        ? async function* (...options: Parameters<typeof target.readAll>) {
            await happened();
            yield* target.readAll(...options);
          }
        : (Reflect.get(target, property) as unknown),
  });

/** As from a process of its own. */
const rebuilt = async (options: Partial<RebuildOptions> = {}) =>
  rebuild({ log, served: await Served.open(db), takeUpMs: 2_000, ...options });

async function serving(): Promise<Generation> {
  return new Generation(db, (await new Generations(db).state()).serving);
}
async function stored({ collections: { incidents, entities, alerts } }: Generation) {
  return {
    incidents: await incidents.find().sort({ _id: 1 }).toArray(),
    entities: await entities.find().sort({ _id: 1 }).toArray(),
    alerts: await alerts.find().sort({ _id: 1 }).toArray(),
  };
}
const collectionsLeft = async () =>
  (await db.listCollections().toArray()).map(({ name }) => name).filter((name) => name.startsWith('incidents'));

describe('a rebuild', () => {
  it('makes the read model anew from the log, and lets it serve', async () => {
    await readModel.checkpoints.reached('metrics', 9n, 5_000);
    const steps: Step[] = [];
    const { from, generation, events, comparison, served } = await rebuilt({ onStep: (step) => steps.push(step) });
    expect({ from, generation, events, served }).toEqual({ from: 1, generation: 2, events: 9, served: true });
    expect(comparison).toMatchObject({ after: comparison.before, differing: 0, first: [] });
    expect(comparison.before).toBeGreaterThanOrEqual(12);
    expect(steps).toEqual(['filling', 'waiting for the projector', 'comparing', 'switching']);
    expect((await serving()).number).toBe(2);
    expect(await stored(await serving())).toEqual(pureFold(docket.events));
    expect(await new Generations(db).state()).toMatchObject({ next: null, retired: [1] });
    const position = await commented();
    await readModel.checkpoints.reached('incidents', position);
    expect(await readModel.incident('1')).toMatchObject({ commentCount: 1 });
  });

  it('mends what was damaged, and names it', async () => {
    await readModel.checkpoints.reached('metrics', 9n, 5_000);
    const { incidents, alerts, entities } = (await serving()).collections;
    await incidents.updateOne({ _id: '2' }, { $set: { displayName: 'Damaged' } });
    await alerts.deleteOne({ _id: '3' });
    await entities.insertOne({ ...(await entities.findOne())!, _id: '4 device:x' });
    const { comparison } = await rebuilt();
    expect(comparison).toMatchObject({ after: comparison.before, differing: 3 }); // one is missing, one too many
    expect(comparison.first).toEqual(['incidents 2', 'entities 4 device:x', 'alerts 3']);
    expect(await stored(await serving())).toEqual(pureFold(docket.events));
  });

  it('only says what it would mend, where it is tried', async () => {
    await (await serving()).collections.incidents.updateOne({ _id: '2' }, { $set: { displayName: 'Damaged' } });
    const { served, comparison } = await rebuilt({ dryRun: true });
    expect(served).toBe(false);
    expect(comparison).toMatchObject({ differing: 1, first: ['incidents 2'] });
    expect(await new Generations(db).state()).toMatchObject({ serving: 1, next: null, retired: [] });
    expect(await collectionsLeft()).toEqual(['incidents_v3_1']);
  });

  it('loses and repeats nothing that happens meanwhile, and no reader sees less than before', async () => {
    const reader = await ReadModel.open(db);
    let over = false;
    const seen: number[] = [];
    const working = (async () => {
      while (!over) {
        await reader.checkpoints.reached('incidents', await commented());
        seen.push((await reader.incident('1'))!.commentCount);
      }
    })();
    for (const generation of [2, 3]) expect((await rebuilt()).generation).toBe(generation);
    over = true;
    await working;
    expect(seen).toEqual(seen.map((_, nth) => nth + 1));
    await Promise.all(projectionNames.map((name) => reader.checkpoints.reached(name, BigInt(docket.events.length))));
    expect(await stored(await serving())).toEqual(pureFold(docket.events));
  });

  it('is refused while another one is at work, and says so', async () => {
    let second: Promise<unknown> | undefined;
    const first = rebuilt({
      onStep: (step) => {
        if (step === 'filling') second = rebuilt().catch((error: unknown) => error);
      },
      log: readAfter(async () => void (await second)), // the first goes on when the second has ended
    });
    await first;
    const refusal = await second;
    expect(refusal).toBeInstanceOf(RebuildUnderWay);
    expect((refusal as Error).message).toContain('generation 2');
  });

  it('ends where its generation was given up, and lets nothing of it serve', async () => {
    const generations = new Generations(db);
    const givenUp = async () => {
      for (let next; (next = (await generations.state()).next);) await generations.giveUp(next);
    };
    await expect(rebuilt({ log: readAfter(givenUp) })).rejects.toThrow(RebuildGivenUp);
    expect(await generations.state()).toMatchObject({ serving: 1, next: null, retired: [] });
  });

  it.each<Step>(['filling', 'waiting for the projector', 'comparing', 'switching'])(
    'that ends at the step %s leaves the read model as it is, and the next one makes it anew',
    async (at) => {
      const ended = rebuilt({
        onStep: (step) => {
          if (step === at) throw new Error('ended');
        },
      });
      await expect(ended).rejects.toThrow('ended');
      expect(await new Generations(db).state()).toMatchObject({ serving: 1, next: null });
      docket.decided('2', assign({ to: 'lee', caller: 'kim' }));
      await readModel.checkpoints.reached('incidents', await append());
      expect(await readModel.incident('2')).toMatchObject({ assignedTo: 'lee' });
      expect((await rebuilt()).generation).toBe(3);
      expect(await stored(await serving())).toEqual(pureFold(docket.events));
    },
  );

  it('of a log that nobody projects brings all up to its end', async () => {
    await stopProjector();
    await commented();
    const { served, comparison } = await rebuilt({ takeUpMs: 100, graceMs: 100 });
    expect(served).toBe(true);
    expect(comparison.differing).toBe(0);
    expect(await stored(await serving())).toEqual(pureFold(docket.events));
    expect(await collectionsLeft()).toEqual(['incidents_v3_2']);
  }, 30_000);
});
