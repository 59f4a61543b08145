import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import { Checkpoints } from '../checkpoints.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { InvalidCursor } from '../cursor.js';
import { IncidentsProjection } from '../incidents/incidents-projection.js';
import { queueChanges } from './queue-changes.js';
import type { QueueFilter } from './queue-query.js';
import { queuePage } from './queue.js';
import { aLog } from '../testing/arbitrary-log.js';
import { startTestCollections } from '../testing/mongo.js';
import { park } from '../testing/park.js';
import { opened, Recorder } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);
beforeEach(empty);

async function empty(): Promise<void> {
  const { incidents, entities, checkpoints, tags } = collections;
  await Promise.all([incidents, entities, checkpoints, tags].map((each) => each.deleteMany({})));
}

/** A projector that shows event after event. */
class Shown {
  readonly #projection = new IncidentsProjection(collections);
  readonly #checkpoints = new Checkpoints(collections);
  readonly #left: RecordedEvent[];

  constructor(log: readonly RecordedEvent[]) {
    this.#left = [...structuredClone(log)];
  }

  get isOver(): boolean {
    return this.#left.length === 0;
  }

  async next(count = 1): Promise<void> {
    const batch = this.#left.splice(0, count);
    if (batch.length === 0) return;
    await this.#projection.apply(batch);
    await this.#checkpoints.record('incidents', batch.at(-1)!);
  }
}

/** A client that reads the queue once and from then on what changed; other things happen between any two of its requests. */
class Client {
  readonly rows = new Map<string, IncidentDocument>();
  readonly #checkpoints = new Checkpoints(collections);
  #position = 0n;

  constructor(
    readonly filter: QueueFilter,
    readonly limit: number,
    readonly between: () => Promise<void>,
  ) {}

  async begin(): Promise<void> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await queuePage(collections, this.#checkpoints, { ...this.filter, limit: this.limit, cursor });
      for (const row of page.value) this.rows.set(row._id, row);
      if (cursor === undefined) this.#position = page.position;
      cursor = page.nextCursor;
      await this.between();
    }
  }

  async poll(between = this.between): Promise<void> {
    const changedSince = this.#position;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { ...this.filter, changedSince, limit: this.limit, cursor };
      const page = await queueChanges(collections, this.#checkpoints, query);
      for (const row of page.value) this.rows.set(row._id, row);
      for (const id of page.left) this.rows.delete(id);
      if (cursor === undefined) this.#position = page.position;
      cursor = page.nextCursor;
      await between();
    }
  }
}

const byId = (one: IncidentDocument, other: IncidentDocument) => one.number - other.number;

describe('who reads the queue once, and then what changed', () => {
  it('has after every answer what the query would give anew, whatever happens in between', async () => {
    const aFilter = fc.constantFrom<QueueFilter>(
      {},
      { status: ['active'] },
      { status: ['resolved', 'redirected'] },
      { assignedTo: [null] },
      { assignedTo: ['kim'], severity: ['high', 'medium'] },
      { tag: ['vip'] },
      { entity: ['a.contoso.com', 'id-of-b'] },
      { q: 'contoso' },
      { q: 'incident', classification: [null] },
    );
    const aRun = fc.record({
      log: aLog,
      filter: aFilter,
      limit: fc.integer({ min: 1, max: 3 }),
      before: fc.nat({ max: 20 }),
      between: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc
        .asyncProperty(aRun, async ({ log, filter, limit, before, between }) => {
          const shown = new Shown(log);
          await shown.next(before);
          let requests = 0;
          const client = new Client(filter, limit, () => shown.next(between[requests++ % between.length]));
          await client.begin();
          for (let over = false; !over;) {
            over = shown.isOver;
            await client.poll();
            await client.poll(async () => {});
            const anew = await queuePage(collections, new Checkpoints(collections), { ...filter, limit: 200 });
            expect([...client.rows.values()].sort(byId)).toEqual(anew.value.sort(byId));
            await shown.next();
          }
        })
        .afterEach(empty),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('what changed in the queue', () => {
  const given = async (count: number) => {
    const docket = new Recorder();
    for (let number = 1; number <= count; number++) docket.happened(String(number), opened(String(number)));
    const shown = new Shown(docket.events);
    await shown.next(count);
    return queueChanges.bind(undefined, collections, new Checkpoints(collections));
  };

  it('is nothing where nothing happened', async () => {
    const changes = await given(3);
    expect(await changes({ changedSince: 3n })).toEqual({ value: [], left: [], nextCursor: null, position: 3n });
  });

  it('comes in the order of its change, matching or not, so many to a page', async () => {
    const changes = await given(5);
    const first = await changes({ changedSince: 1n, limit: 3, q: '3' });
    expect([first.value.map(({ _id }) => _id), first.left]).toEqual([['3'], ['2', '4']]);
    const last = await changes({ changedSince: 1n, limit: 3, q: '3', cursor: first.nextCursor! });
    expect([last.value, last.left, last.nextCursor]).toEqual([[], ['5'], null]);
  });

  it('is asked for anew from before what is parked, so that it is told once it is folded', async () => {
    const changes = await given(3);
    await park(collections, '1');
    const told = await changes({ changedSince: 0n });
    expect([told.value.map(({ _id }) => _id), told.parked, told.position]).toEqual([['2', '3'], ['1'], 1n]);
    expect((await changes({ changedSince: 2n })).parked).toEqual(['1']);
    await collections.parked.deleteMany({});
    expect((await changes({ changedSince: 0n })).position).toBe(3n);
  });

  it('goes on only with a cursor of its own', async () => {
    const changes = await given(3);
    const { nextCursor } = await changes({ changedSince: 0n, limit: 1 });
    await expect(changes({ changedSince: 1n, limit: 1, cursor: nextCursor! })).rejects.toThrow(InvalidCursor);
  });
});
