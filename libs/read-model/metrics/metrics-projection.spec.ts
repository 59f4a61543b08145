/** Figures are the fold of the log, wherever a projector ends, and whoever else writes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import { assign, classify, comment, rename, reopen, resolve } from '#incidents';
import { Checkpoints, ProjectionBehind } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { ParkingProjection } from '../parking/parking-projection.js';
import { startTestCollections } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { added, imported, opened, Recorder, summaryOf } from '../testing/recorder.js';
import type { Durations } from './durations.js';
import { MetricsProjection } from './metrics-projection.js';
import { metricsSummary } from './summary.js';
import type { MetricsQuery } from './summary.js';
import { naiveMetrics } from './testing/naive-metrics.js';
import { aSpreadLog } from './testing/spread-log.js';

let stop: TestDatabase['stop'];
let collections: Collections;

beforeAll(async () => {
  ({ collections, stop } = await startTestCollections());
});
afterAll(() => stop());

async function empty(): Promise<void> {
  const { figures, measuredIncidents, checkpoints } = collections;
  await Promise.all([figures.deleteMany({}), measuredIncidents.deleteMany({}), checkpoints.deleteMany({})]);
}

/** How much of a write is carried out before the crash. */
type Part = 'nothing' | 'half' | 'whole';
interface Crash {
  readonly at: 'figures' | 'measuredIncidents';
  readonly part: Part;
}

function mortal<Name extends Crash['at']>(name: Name, crash: () => Crash | undefined): Collections[Name] {
  return new Proxy(collections[name], {
    get(target: object, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'bulkWrite') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async (operations: unknown[], ...more: unknown[]) => {
        const write = value as (...args: unknown[]) => Promise<unknown>;
        const planned = crash();
        if (planned?.at !== name) return write.call(target, operations, ...more);
        const share = { nothing: 0, half: 0.5, whole: 1 }[planned.part];
        const some = operations.slice(0, Math.ceil(operations.length * share));
        // Whoever has crashed does not hear that another projector was faster.
        if (some.length > 0) await write.call(target, some, ...more).catch(() => undefined);
        throw new Error('crash');
      };
    },
  }) as Collections[Name];
}

/** One that follows the log with a memory of its own; after a crash another one begins at the checkpoint, wherever that is set. */
class Projector {
  #crash: Crash | undefined;
  #projection = this.#begun();
  #handled = 0;

  constructor(
    private readonly log: readonly RecordedEvent[],
    private readonly checkpoint: { at: number },
  ) {}

  #begun(): MetricsProjection {
    const crash = () => this.#crash;
    return new MetricsProjection({
      figures: mortal('figures', crash),
      measuredIncidents: mortal('measuredIncidents', crash),
    });
  }

  restart(): void {
    this.#projection = this.#begun();
    this.#handled = this.checkpoint.at;
  }

  async goOn(share: number, crash?: Crash): Promise<void> {
    const end = this.#handled + Math.ceil((this.log.length - this.#handled) * share);
    this.#crash = crash;
    try {
      await this.#projection.apply(this.log.slice(this.#handled, end));
      this.#handled = end;
      this.checkpoint.at = Math.max(this.checkpoint.at, end);
    } catch (error) {
      expect(error).toMatchObject({ message: 'crash' });
      this.restart();
    }
  }
}

/** As the projector does it; the figures can be asked for only where the checkpoint says what they reflect. */
async function project(log: readonly RecordedEvent[]): Promise<void> {
  await new MetricsProjection(collections).apply(log);
  await new Checkpoints(collections).record('metrics', log.at(-1)!);
}

async function summary(range: MetricsQuery) {
  const { days, ...rest } = await metricsSummary(collections, new Checkpoints(collections), range);
  const sum = (name: 'opened' | 'resolved' | 'merged') => days.reduce((total, day) => total + day[name], 0);
  for (const name of ['opened', 'resolved', 'merged'] as const) expect(sum(name)).toBe(rest[name]);
  return rest;
}

function expectClose(told: Durations, exact: Durations): void {
  expect(told.count).toBe(exact.count);
  for (const share of ['median', 'p90'] as const)
    if (exact[share] === null) expect(told[share]).toBeNull();
    else expect(Math.abs(told[share]! - exact[share])).toBeLessThanOrEqual(0.05 * exact[share]);
}

async function expectTrue(log: readonly RecordedEvent[], range: MetricsQuery): Promise<void> {
  const told = await summary(range);
  const naive = naiveMetrics(log, range);
  const { position } = log.at(-1)!;
  expect(told).toEqual({ ...naive, timeToAssign: told.timeToAssign, timeToResolve: told.timeToResolve, position });
  expectClose(told.timeToAssign, naive.timeToAssign);
  expectClose(told.timeToResolve, naive.timeToResolve);
}

const aShare = fc.double({ min: 0.05, max: 1, noNaN: true });
const aCrash = fc.record({
  at: fc.constantFrom('figures' as const, 'measuredIncidents' as const),
  part: fc.constantFrom('nothing' as const, 'half' as const, 'whole' as const),
});
const aStep = fc.record({
  who: fc.constantFrom('one', 'other', 'both' as const),
  share: aShare,
  otherShare: aShare,
  crash: fc.option(aCrash, { nil: undefined }),
  /** The checkpoint goes back so far before it, and whoever works begins there. */
  back: fc.option(aShare, { nil: undefined, freq: 4 }),
});
/** Weeks of a year in which all logs are, but for what came along from elsewhere. */
const aRange = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }))
  .map(([from, days]) => ({ from: dayOf(from), to: dayOf(from + days) }));
const dayOf = (number: number) => new Date(Date.UTC(2025, 11, 25 + number)).toISOString().slice(0, 10);

describe('the figures', () => {
  it('are those of whole histories, wherever projectors crash, begin again, or work at the same time (I-6)', async () => {
    await fc.assert(
      fc
        .asyncProperty(aSpreadLog, fc.array(aStep, { maxLength: 10 }), aRange, async (log, steps, range) => {
          const checkpoint = { at: 0 };
          const [one, other] = [new Projector(log, checkpoint), new Projector(log, checkpoint)];
          for (const { who, share, otherShare, crash, back } of steps) {
            if (back !== undefined) {
              checkpoint.at = Math.floor(checkpoint.at * back);
              one.restart();
            }
            if (who === 'both') await Promise.all([one.goOn(share, crash), other.goOn(otherShare)]);
            else await (who === 'one' ? one : other).goOn(share, crash);
          }
          await one.goOn(1);
          await new Checkpoints(collections).record('metrics', log.at(-1)!);
          await expectTrue(log, range);
          await expectTrue(log, { from: '2025-12-25', to: '2026-12-24' });
        })
        .afterEach(empty),
      { numRuns: Number(process.env.RUNS ?? 50) },
    );
  }, 120_000);

  it('are written the same in whatever batches', async () => {
    const aSplit = fc.tuple(aSpreadLog, fc.array(fc.nat(39), { maxLength: 5 }));
    await fc.assert(
      fc
        .asyncProperty(aSplit, async ([log, cuts]) => {
          await new MetricsProjection(collections).apply(log);
          const whole = await collections.figures.find().sort({ _id: 1 }).toArray();
          await empty();
          const projection = new MetricsProjection(collections);
          let begin = 0;
          for (const end of [...cuts.sort((one, other) => one - other), log.length]) {
            await projection.apply(log.slice(begin, end));
            begin = Math.max(begin, end);
          }
          expect(await collections.figures.find().sort({ _id: 1 }).toArray()).toEqual(whole);
        })
        .afterEach(empty),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('an incident', () => {
  const day = { from: '2026-01-01', to: '2026-01-01' };
  /** One second passes with each event. */
  const given = () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(summaryOf('a')));
    return docket;
  };
  const told = async (docket: Recorder, range = day) => {
    await project(docket.events);
    return summary(range).finally(empty);
  };

  it('is open for its owner until it is resolved, then judged by what detected it', async () => {
    const docket = given();
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    const open = await told(docket);
    expect(open.open.byOwner.value).toEqual([
      { assignedTo: null, count: 0 },
      { assignedTo: 'lee', count: 1 },
    ]);
    expectClose(open.timeToAssign, { count: 1, median: 2, p90: 2 });
    docket.decided('1', resolve({ comment: null, judgement: { classification: 'truePositive', determination: null } }));
    const resolved = await told(docket);
    expect(resolved.open.total).toBe(0);
    expect(resolved).toMatchObject({ resolved: 1, classifications: { truePositive: 1 } });
    expect(resolved.detectionSources).toEqual({ value: [antivirus({ truePositive: 1 })], more: 0 });
  });

  it('that is judged otherwise afterwards is counted so, and one that is reopened is not resolved', async () => {
    const docket = given();
    docket.decided('1', resolve({ comment: null, judgement: { classification: 'truePositive', determination: null } }));
    docket.decided('1', classify({ classification: 'falsePositive', determination: null }));
    expect((await told(docket)).detectionSources.value).toEqual([antivirus({ falsePositive: 1 })]);
    docket.decided('1', reopen());
    expect(await told(docket)).toMatchObject({
      resolved: 0,
      timeToResolve: { count: 0, median: null, p90: null },
      detectionSources: { value: [] },
      open: { total: 1, byStatus: { active: 1 } },
    });
  });

  it('that was worked on elsewhere keeps its times, and who had it there was not given it here', async () => {
    const docket = new Recorder();
    const there = {
      createdDateTime: '2025-06-01T10:00:00Z',
      resolvedDateTime: '2025-06-03T10:00:00+00:00',
      assignedTo: 'lee',
    };
    docket.happened('1', imported('1', { ...there, status: 'resolved' }));
    docket.decided('1', assign({ to: 'kim', caller: 'kim' }));
    const summary = await told(docket, { from: '2025-06-01', to: '2025-06-30' });
    expect(summary).toMatchObject({ opened: 1, resolved: 1, timeToAssign: { count: 0 } });
    expect(Math.abs(summary.timeToResolve.median! - 2 * 86_400)).toBeLessThan(0.05 * 2 * 86_400);
    expect(await told(docket)).toMatchObject({ opened: 0, resolved: 0, timeToAssign: { count: 0 } });
  });

  it('that is only spoken about costs nothing', async () => {
    const docket = given();
    docket.decided('1', comment({ comment: 'Looking.' }));
    docket.decided('1', rename({ displayName: 'Ours' }));
    const untouchable = new Proxy(
      {},
      {
        get: () => {
          throw new Error('A collection was asked for something.');
        },
      },
    );
    const projection = new MetricsProjection({ figures: untouchable, measuredIncidents: untouchable } as Collections);
    await projection.apply(docket.events.slice(-2));
  });

  const antivirus = (counts: object) => ({
    name: 'antivirus',
    truePositive: 0,
    informationalExpectedActivity: 0,
    falsePositive: 0,
    unclassified: 0,
    ...counts,
  });
});

describe('an incident whose stream is parked', () => {
  it('counts as it did before, and is named', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    const [before, poison] = [docket.events.slice(0, 1), docket.events.slice(1)];
    const projection = new MetricsProjection(collections);
    await projection.apply(before);
    const unknown = poison.map((event) => ({ ...event, metadata: { ...event.metadata, schema: 99 } }));
    await expect(projection.apply(unknown)).rejects.toThrow('schema 99');
    const parking = new ParkingProjection(projection, {
      log: new InMemoryEventLog(),
      parked: collections.parked,
      report: () => undefined,
    });
    await parking.begin();
    await parking.apply([...before, ...unknown]);
    await new Checkpoints(collections).record('metrics', unknown.at(-1)!);
    expect(
      await metricsSummary(collections, new Checkpoints(collections), { from: '2026-01-01', to: '2026-01-01' }),
    ).toMatchObject({ open: { total: 1, byOwner: { value: [{ assignedTo: null, count: 1 }] } }, parked: ['1'] });
    await Promise.all([empty(), collections.parked.deleteMany({})]);
  });
});

describe('what is asked for', () => {
  it('waits until all that changes together is written, and is refused where that lasts', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    await new MetricsProjection(collections).apply(docket.events);
    const checkpoints = new Checkpoints(collections);
    const asked = metricsSummary(collections, checkpoints, { from: '2026-01-01', to: '2026-01-02' });
    setTimeout(() => void checkpoints.record('metrics', docket.events.at(-1)!), 50);
    expect(await asked).toMatchObject({ open: { total: 1 }, position: 1n });
    const later = metricsSummary(collections, checkpoints, { from: '2026-01-01', to: '2026-01-02', after: 2n });
    await expect(later).rejects.toThrow(ProjectionBehind);
    await empty();
  });
});
