import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Db } from 'mongodb';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { Caretaker, deadAfterMs, graceMs, untilUnfedMs } from './caretaker.js';
import { Generation } from './generation.js';
import { Generations } from './generations.js';
import { Served } from './served.js';

let database: TestDatabase;
let databases = 0;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const event = { stream: 'incident-1', revision: 0, id: 'one', position: 1n };
const checkpointsLeft = async (db: Db) =>
  (await db.listCollections().toArray())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('checkpoints'))
    .sort();

async function until(happened: () => Promise<boolean>): Promise<void> {
  while (!(await happened())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A database with two generations, and a caretaker whose clock can be put on. */
async function given() {
  const db = database.db.client.db(`${database.db.databaseName}-${databases++}`);
  const generations = new Generations(db);
  for (const generation of [1, 2]) await new Generation(db, generation).checkpoints.record('alerts', event);
  let ahead = 0;
  const real = performance.now.bind(performance);
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
  const caretaker = new Caretaker(await Served.open(db), (error) => expect(error).toBeUndefined(), 10);
  return {
    db,
    generations,
    after: async (ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, 100)); // it has seen what there is
      ahead += ms;
    },
    stop: async () => {
      await caretaker.stop();
      clock.mockRestore();
    },
  };
}

describe('the caretaker of generations', () => {
  it('drops one that was retired when nobody can be reading it any more, and no sooner', async () => {
    const { db, generations, after, stop } = await given();
    const next = (await generations.begin())!;
    await generations.follow(next);
    await generations.serve(next, 1);
    await after(graceMs - 1_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await generations.state()).toMatchObject({ serving: 2, retired: [1] });
    await after(2_000);
    await until(async () => (await generations.state()).retired.length === 0);
    expect(await checkpointsLeft(db)).toContain('checkpoints_v3_1');
    await after(untilUnfedMs);
    await until(async () => (await checkpointsLeft(db)).length === 1);
    expect(await checkpointsLeft(db)).toEqual(['checkpoints_v3_2']);
    await stop();
  });

  it('gives up what a dead rebuild was making, and leaves alone what one that lives is making', async () => {
    const { db, generations, after, stop } = await given();
    const next = (await generations.begin())!;
    await after(deadAfterMs - 1_000);
    await generations.beat(next);
    await after(deadAfterMs - 1_000);
    expect(await generations.state()).toMatchObject({ next: { generation: 2, beat: 1 } });
    await after(2_000);
    await until(async () => (await generations.state()).next === null);
    await after(untilUnfedMs);
    await until(async () => (await checkpointsLeft(db)).length === 1);
    expect(await checkpointsLeft(db)).toEqual(['checkpoints_v3_1']);
    await stop();
  });
});
