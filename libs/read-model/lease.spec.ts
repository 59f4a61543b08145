import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Lease, LeaseWatch } from './lease.js';
import type { LeaseDocument } from './lease.js';
import { startTestDatabase } from './testing/mongo.js';
import type { TestDatabase } from './testing/mongo.js';

let database: TestDatabase;
const lease = () => new Lease(database.db);
beforeAll(async () => {
  database = await startTestDatabase();
});
beforeEach(async () => {
  await database.db.collection('leases').deleteMany({});
});
afterAll(() => database.stop());

describe('the lease', () => {
  it('goes to one of those who want it at the same time', async () => {
    const all = Array.from({ length: 5 }, lease);
    const taken = await Promise.all(all.map((one) => one.take(null)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect((await lease().seen())?.holder).toBe(all[taken.indexOf(true)]!.holder);
  });

  it('is not taken from a holder who has beaten since it was seen', async () => {
    const [holder, other] = [lease(), lease()];
    await holder.take(null);
    const seen = await other.seen();
    expect(await holder.renew()).toBe(true);
    expect(await other.take(seen)).toBe(false);
    expect(await other.take(await other.seen())).toBe(true);
    expect(await holder.renew()).toBe(false);
  });

  it('can be given back by its holder alone, and is then anybody’s', async () => {
    const [holder, other] = [lease(), lease()];
    await holder.take(null);
    await other.release();
    expect(await other.seen()).toMatchObject({ holder: holder.holder });
    await holder.release();
    const seen = await other.seen();
    expect(seen).toMatchObject({ holder: null });
    expect(await other.take(seen)).toBe(true);
  });

  it('is seized from whoever has it by who knows that to be dead', async () => {
    const [dead, other] = [lease(), lease()];
    await other.seize();
    await dead.seize();
    await other.seize();
    expect(await other.renew()).toBe(true);
    expect(await dead.renew()).toBe(false);
  });
});

describe('who watches the lease', () => {
  it('knows how long the beat has stood still, by its own clock', async () => {
    let now = 0;
    let lease: LeaseDocument | null = null;
    const watch = new LeaseWatch({ seen: async () => lease }, () => now);
    const stillAt = async (at: number) => ((now = at), (await watch.look()).stillMs);
    expect(await stillAt(5)).toBe(0);
    expect(await stillAt(9)).toBe(4);
    lease = { _id: 'projector', holder: 'a', beat: 1 };
    expect(await stillAt(20)).toBe(0);
    expect(await stillAt(27)).toBe(7);
    lease = { ...lease, beat: 2 };
    expect(await stillAt(30)).toBe(0);
    lease = { ...lease, holder: 'b' };
    expect(await stillAt(31)).toBe(0);
    expect(await stillAt(33)).toBe(2);
  });
});
