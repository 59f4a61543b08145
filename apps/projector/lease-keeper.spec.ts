import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Lease, LeaseDocument } from '#read-model';
import { LeaseKeeper } from './lease-keeper.js';

/** A fiftieth of the usual times. */
const times = { beatMs: 40, patienceMs: 120, lookMs: 10 };

/** One lease document that keepers share, without a database. */
class Shelf {
  document: LeaseDocument | null = null;

  lease(holder: string) {
    const mine = () => this.document?.holder === holder;
    const put = (to: string | null) =>
      void (this.document = { _id: 'projector', holder: to, beat: (this.document?.beat ?? 0) + 1 });
    const lease = {
      holder,
      isAway: false,
      seen: async () => this.reached(lease) && this.document,
      take: async (seen: LeaseDocument | null) =>
        this.reached(lease) && seen?.beat === this.document?.beat && (put(holder), true),
      seize: async () => void (this.reached(lease) && put(holder)),
      renew: async () => this.reached(lease) && mine() && (put(holder), true),
      release: async () => void (this.reached(lease) && mine() && put(null)),
    };
    return lease;
  }

  private reached({ isAway }: { isAway: boolean }): true {
    if (isAway) throw new Error('no connection');
    return true;
  }
}

const keepers: LeaseKeeper[] = [];
afterEach(async () => {
  await Promise.all(keepers.splice(0).map((keeper) => keeper.stop()));
});

/** Who works now. */
const working = new Set<string>();
function keeper(shelf: Shelf, name: string, isAlone = false) {
  const lease = shelf.lease(name);
  const reports: string[] = [];
  let begun = 0;
  const work = { begin: () => void (begun++, working.add(name)), end: async () => void working.delete(name) };
  const keeper = new LeaseKeeper({
    lease: lease as unknown as Lease,
    work,
    report: (message) => reports.push(message),
    isAlone,
    times,
  });
  keepers.push(keeper);
  return { keeper, lease, reports, times: () => begun };
}

async function until(holds: () => boolean, withinMs = 2_000): Promise<number> {
  const began = performance.now();
  for (; !holds(); await sleep(2))
    if (performance.now() - began > withinMs) throw new Error(`not in time: ${String(holds)}`);
  return performance.now() - began;
}

describe('the keeper of the lease', () => {
  it('works at once where nobody does', async () => {
    const { keeper: it } = keeper(new Shelf(), 'a');
    await until(() => it.isHolding);
    expect([...working]).toEqual(['a']);
  });

  it('stands by as long as another one beats', async () => {
    const shelf = new Shelf();
    const a = keeper(shelf, 'a');
    await until(() => a.keeper.isHolding);
    const b = keeper(shelf, 'b');
    await sleep(2 * times.patienceMs);
    expect([a.keeper.isHolding, b.keeper.isHolding]).toEqual([true, false]);
    expect([...working]).toEqual(['a']);
  });

  it('takes over at once from who stops in order', async () => {
    const shelf = new Shelf();
    const a = keeper(shelf, 'a');
    await until(() => a.keeper.isHolding);
    const b = keeper(shelf, 'b');
    await sleep(3 * times.lookMs);
    await a.keeper.stop();
    expect(await until(() => b.keeper.isHolding)).toBeLessThan(times.patienceMs / 2);
    expect([...working]).toEqual(['b']);
  });

  it('takes over from who is dead when the beat has stood still, not before', async () => {
    const shelf = new Shelf();
    shelf.document = { _id: 'projector', holder: 'dead', beat: 7 };
    const b = keeper(shelf, 'b');
    expect(await until(() => b.keeper.isHolding)).toBeGreaterThan(times.patienceMs - 5);
  });

  it('does not wait for the dead where it is alone', async () => {
    const shelf = new Shelf();
    shelf.document = { _id: 'projector', holder: 'dead', beat: 7 };
    const a = keeper(shelf, 'a', true);
    expect(await until(() => a.keeper.isHolding)).toBeLessThan(times.patienceMs / 2);
  });

  it('stops working before another one may begin, where it cannot renew, and comes back', async () => {
    const shelf = new Shelf();
    const a = keeper(shelf, 'a');
    await until(() => a.keeper.isHolding);
    const b = keeper(shelf, 'b');
    await sleep(3 * times.lookMs);
    a.lease.isAway = true;
    await until(() => b.keeper.isHolding);
    expect([...working]).toEqual(['b']);
    expect(a.reports).toEqual([
      expect.stringMatching(/stands by: the lease could not be renewed for 120 ms: no connection/),
    ]);
    await until(() => a.keeper.trouble !== undefined);
    a.lease.isAway = false;
    await until(() => a.keeper.trouble === undefined);
    expect(a.keeper.isHolding).toBe(false);
    await b.keeper.stop();
    await until(() => a.keeper.isHolding);
    expect(a.times()).toBe(2);
  });

  it('takes its own lease again without waiting', async () => {
    const shelf = new Shelf();
    const a = keeper(shelf, 'a');
    await until(() => a.keeper.isHolding);
    a.lease.isAway = true;
    await until(() => !a.keeper.isHolding);
    a.lease.isAway = false;
    expect(await until(() => a.keeper.isHolding)).toBeLessThan(times.patienceMs / 2);
  });

  it('stops working where it finds another holder', async () => {
    const shelf = new Shelf();
    const a = keeper(shelf, 'a');
    await until(() => a.keeper.isHolding);
    shelf.document = { _id: 'projector', holder: 'b', beat: 99 };
    await until(() => !a.keeper.isHolding);
    expect(a.reports).toEqual(['stands by: another projector has taken over']);
  });
});
