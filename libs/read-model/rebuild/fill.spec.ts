import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Collection, Db } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { assign, resolve } from '#incidents';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { Generation } from '../generations/generation.js';
import { createIndexes } from '../indexes.js';
import { MetricsProjection } from '../metrics/metrics-projection.js';
import { ParkingProjection } from '../parking/parking-projection.js';
import { firstSpellings } from '../testing/first-spellings.js';
import { aLog } from '../testing/arbitrary-log.js';
import { pureFold } from '../testing/pure-fold.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from '../testing/recorder.js';
import { fill } from './fill.js';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await startTestDatabase();
  db = database.db;
});
afterAll(() => database.stop());

async function logOf(events: readonly RecordedEvent[]): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog();
  for (const { stream, id, type, data, metadata } of events)
    await log.append(stream, 'any', [{ id, type, data, metadata }]);
  return log;
}

/** Kept by another fold, whose own spec compares it with a naive one. */
async function figuresOf({ collections: { figures, measuredIncidents } }: Generation) {
  return {
    figures: await figures.find().sort({ _id: 1 }).toArray(),
    incidents: await measuredIncidents.find().sort({ _id: 1 }).toArray(),
  };
}

async function documentsOf({ collections }: Generation) {
  const incidents = await collections.incidents.find().sort({ _id: 1 }).toArray();
  const entities = await collections.entities.find().sort({ _id: 1 }).toArray();
  const alerts = await collections.alerts.find().sort({ _id: 1 }).toArray();
  return { incidents, entities, alerts };
}

let last = 0;
async function newGeneration(): Promise<Generation> {
  const generation = new Generation(db, ++last);
  await createIndexes(generation.collections);
  return generation;
}

async function emptied(generation: Generation): Promise<Generation> {
  const { incidents, entities, alerts, tags, figures, measuredIncidents, checkpoints } = generation.collections;
  for (const collection of [incidents, entities, alerts, tags, figures, measuredIncidents, checkpoints])
    await (collection as unknown as Collection).deleteMany({});
  return new Generation(db, generation.number);
}

describe('the filling of a generation', () => {
  it('comes to the pure fold of the log, however little it keeps in memory, and however much it takes at once', async () => {
    const [generation, other] = [await newGeneration(), await newGeneration()];
    const aWay = fc.record({
      keptBytes: fc.constantFrom(0, 3_000, 10_000, 100_000_000),
      maxBatch: fc.integer({ min: 1, max: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(aLog, aWay, async (events, way) => {
        await fill(await logOf(events), await emptied(generation), way);
        expect(await documentsOf(generation)).toEqual(pureFold(events));
        expect(await generation.collections.tags.find().sort({ _id: 1 }).toArray()).toEqual(firstSpellings(events));
        await new MetricsProjection((await emptied(other)).collections).apply(structuredClone(events));
        expect(await figuresOf(generation)).toEqual(await figuresOf(other));
      }),
      { numRuns: Number(process.env.RUNS ?? 30) },
    );
  }, 120_000);

  it('is at the head of the log, as its checkpoints say, and tells how far it came', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    docket.record('register', { type: 'IncidentRegistered', data: {} });
    const generation = await newGeneration();
    const told: (readonly [bigint, number])[] = [];
    const onProgress = (...how: readonly [bigint, number]) => void told.push(how);
    expect(await fill(await logOf(docket.events), generation, { onProgress, maxBatch: 1 })).toBe(2);
    expect(await generation.checkpoints.position('incidents')).toBe(2n);
    expect(await generation.checkpoints.position('alerts')).toBe(2n);
    expect(told).toEqual([
      [1n, 1],
      [2n, 2],
    ]);
  });

  it('of an empty log is nothing', async () => {
    const generation = await newGeneration();
    expect(await fill(new InMemoryEventLog(), generation)).toBe(0);
    expect(await generation.checkpoints.position('incidents')).toBeUndefined();
  });

  it('writes each document once where there is room for them', async () => {
    const docket = new Recorder();
    for (let nth = 1; nth <= 300; nth++) {
      docket.reported(report(`a${nth}`));
      docket.happened(`${nth}`, opened(`${nth}`), added(summaryOf(`a${nth}`)));
      docket.decided(`${nth}`, assign({ to: 'lee', caller: 'kim' }));
      docket.decided(`${nth}`, resolve({ comment: null }));
    }
    const generation = await newGeneration();
    let written = 0;
    const counted = new Proxy(generation.collections.incidents, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (property === 'insertMany' || property === 'bulkWrite') written += (args[0] as unknown[]).length;
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    Object.assign(generation.collections, { incidents: counted });
    await fill(await logOf(docket.events), generation, { maxBatch: 100 });
    expect(written).toBe(300);
  });

  it('parks what cannot be projected, as a projector does, and goes on', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    docket.happened('2', opened('2'), added(summaryOf('b')));
    docket.decided('2', assign({ to: 'lee', caller: 'kim' }));
    docket.record('incident-2', { type: 'AlertMovedIn', data: { alerts: 'none that can be read' } });
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    docket.decided('2', resolve({ comment: null }));
    docket.decided('1', resolve({ comment: null }));
    const log = await logOf(docket.events);
    for (const maxBatch of [2, 100]) {
      const [filled, projected] = [await newGeneration(), await newGeneration()];
      await fill(log, filled, { maxBatch });
      for (const projection of projected.projections) {
        const parking = new ParkingProjection(projection, {
          log,
          parked: projected.collections.parked,
          report: () => undefined,
        });
        for await (const event of log.readAll()) await parking.apply([event]);
      }
      const [one, other] = await Promise.all([documentsOf(filled), documentsOf(projected)]);
      expect(one).toEqual(other);
      expect(await figuresOf(filled)).toEqual(await figuresOf(projected));
      expect(one.incidents).toMatchObject([
        { status: 'resolved' },
        { status: 'active', assignedTo: 'lee', parked: true },
      ]);
      const parked = await filled.collections.parked.find({}, { projection: { _id: 0, time: 0 } }).toArray();
      expect(parked).toEqual(
        await projected.collections.parked.find({}, { projection: { _id: 0, time: 0 } }).toArray(),
      );
      expect(parked).toHaveLength(2);
    }
  });

  it('ends when it is told to', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    const signal = AbortSignal.abort(new Error('lost'));
    await expect(fill(await logOf(docket.events), await newGeneration(), { signal })).rejects.toThrow('lost');
  });
});
