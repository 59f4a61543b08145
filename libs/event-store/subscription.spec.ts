import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  follow,
  MalformedEvent,
  StoreUnavailable,
  type Following,
  type FollowOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { pending, tallyEvents } from './testing/tally.js';

type Subscription = AsyncIterable<RecordedEvent>;

/** What a subscription may do to its reader, one trick for each subscription made; afterwards they behave. */
type Trick = (real: Subscription, signal: AbortSignal) => Subscription;

class TreacherousLog extends InMemoryEventLog {
  subscriptions = 0;
  pulled = 0;

  constructor(private readonly tricks: Trick[] = []) {
    super(tallyEvents());
  }

  override subscribe(options: SubscribeOptions = {}) {
    this.subscriptions++;
    const real = super.subscribe(options);
    const played = this.tricks.shift()?.(real, options.signal!) ?? real;
    return this.counted(played);
  }

  private async *counted(events: Subscription) {
    for await (const event of events) {
      this.pulled++;
      yield event;
    }
  }

  async add(count: number) {
    for (let i = 0; i < count; i++) {
      await this.append(`s-${i % 3}`, 'any', [pending(crypto.randomUUID(), { type: 'Added', data: { amount: i } })]);
    }
  }
}

const after = (events: number, then: () => void | Promise<void>): Trick =>
  async function* (real) {
    let seen = 0;
    for await (const event of real) {
      yield event;
      if (++seen === events) return void (await then());
    }
  };
const throwing = (error: Error) => () => {
  throw error;
};
const silentFor = (_: Subscription, signal: AbortSignal): Subscription =>
  (async function* () {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  })();

const followings: Following[] = [];
function following(log: TreacherousLog, options: Partial<FollowOptions> = {}) {
  const handled: bigint[] = [];
  const batches: number[] = [];
  const it = follow(log, {
    name: 'spec',
    async handle(batch) {
      batches.push(batch.length);
      handled.push(...batch.map(({ position }) => position));
    },
    ...options,
  });
  followings.push(it);
  return { it, handled, batches };
}
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => BigInt(first + i));

async function until(condition: () => boolean) {
  for (const end = performance.now() + 5_000; !condition(); await sleep(2)) {
    if (performance.now() > end) throw new Error(`not within 5 s: ${String(condition)}`);
  }
}

afterEach(async () => {
  await Promise.all(followings.splice(0).map((one) => one.stop()));
});

describe('following a log', () => {
  it('hands over what is there and what comes, in order, and is live when it has all', async () => {
    const log = new TreacherousLog();
    await log.add(10);
    const { it, handled } = following(log);
    expect(it.state).toBe('catching-up');
    await it.reached(10n, 1_000);
    await until(() => it.state === 'live');
    await log.add(5);
    await it.reached(15n, 1_000);
    expect(handled).toEqual(upTo(15));
    expect(it.position).toBe(15n);
  });

  it('is live on an empty store', async () => {
    const { it } = following(new TreacherousLog());
    await until(() => it.state === 'live');
    expect(await it.lag()).toEqual({ events: 0, seconds: 0, position: 0n, head: 0n });
  });

  it('handles what comes alone at once, rests, and rests no longer where a whole batch waits', async () => {
    const log = new TreacherousLog();
    const { it, batches } = following(log, { restMsPerEvent: 60_000, longestRestMs: 60_000, maxBatch: 5 });
    await log.add(1);
    await it.reached(1n, 1_000);
    await log.add(4);
    await sleep(20);
    expect(batches).toEqual([1]);
    await log.add(1);
    await it.reached(6n, 1_000);
    expect(batches).toEqual([1, 5]);
  });

  it('goes on after the position given', async () => {
    const log = new TreacherousLog();
    await log.add(10);
    const { it, handled } = following(log, { after: 7n });
    await it.reached(10n, 1_000);
    expect(handled).toEqual([8n, 9n, 10n]);
  });

  it.each<[string, () => Trick[], RegExp | undefined]>([
    [
      'an error',
      () => [after(3, throwing(new StoreUnavailable('cut'))), after(2, throwing(new Error('cut again')))],
      /cut/,
    ],
    ['an end without an error', () => [after(3, () => {}), after(1, () => {})], undefined],
    ['one death in silence', () => [silentFor], /brought nothing for 50 ms/],
  ])('survives %s without loss or repetition', async (_, tricks, cause) => {
    const played = tricks();
    const expected = played.length + 1;
    const log = new TreacherousLog(played);
    await log.add(20);
    const drops: (Error | undefined)[] = [];
    const { it, handled } = following(log, { silenceMs: 50, onDrop: (drop) => drops.push(drop) });
    await it.reached(20n, 3_000);
    expect(handled).toEqual(upTo(20));
    expect(log.subscriptions).toBe(expected);
    expect(drops).toHaveLength(expected - 1);
    if (cause) expect(drops[0]!.message).toMatch(cause);
    else expect(drops[0]).toBeUndefined();
    await until(() => it.state === 'live');
  });

  it('sees a death in silence after a third of the silence that it bears, and renews after less than twice that', async () => {
    const silenceMs = 1_000; // a fifth of the default, by which it is seen within 2 s and renewed within 10 s
    const dies: Trick = async function* (real, signal) {
      yield* after(3, () => {})(real, signal);
      yield* silentFor(real, signal);
    };
    const log = new TreacherousLog([dies]);
    await log.add(3);
    let renewed = 0;
    const { it } = following(log, { silenceMs, onDrop: () => (renewed = performance.now()) });
    await it.reached(3n, 1_000);
    await until(() => it.state === 'live');
    await log.add(1);
    const died = performance.now();
    expect(await it.lag()).toMatchObject({ position: 3n, head: 4n });
    await until(() => it.state === 'silent');
    expect(performance.now() - died).toBeLessThan(400);
    await it.reached(4n, 3_000);
    expect(renewed - died).toBeLessThan(2_000);
    await until(() => it.state === 'live');
    expect(await it.lag()).toEqual({ events: 0, seconds: 0, position: 4n, head: 4n });
  });

  it('says how old the oldest event is that was not handled yet', async () => {
    const log = new TreacherousLog([silentFor]);
    const { it } = following(log);
    const old = pending(crypto.randomUUID(), { type: 'Added', data: { amount: 1 } });
    const at = new Date(Date.now() - 90_000).toISOString();
    await log.append('s', 'any', [{ ...old, metadata: { ...old.metadata, at } }]);
    expect((await it.lag()).seconds).toBeCloseTo(90, 0);
  });

  it('does not renew a subscription that has nothing to bring', async () => {
    const log = new TreacherousLog();
    await log.add(3);
    const { it } = following(log, { silenceMs: 20 });
    await it.reached(3n, 1_000);
    await sleep(150);
    expect(log.subscriptions).toBe(1);
  });

  it('says that it is reconnecting while the store is away, tries less and less often, and comes back', async () => {
    const away: Trick = () => {
      throw new StoreUnavailable('away');
    };
    const log = new TreacherousLog([after(2, throwing(new StoreUnavailable('cut'))), away, away, away]);
    await log.add(2);
    const head = log.head.bind(log);
    log.head = () => Promise.reject(new StoreUnavailable('away'));
    const { it, handled } = following(log);
    await it.reached(2n, 1_000);
    await until(() => it.state === 'reconnecting');
    log.head = head;
    await log.add(2);
    await it.reached(4n, 3_000);
    expect(handled).toEqual(upTo(4));
    expect(log.subscriptions).toBe(5);
  });

  it('drops what comes twice', async () => {
    const twice: Trick = async function* (real) {
      for await (const event of real) {
        yield event;
        yield event;
      }
    };
    const log = new TreacherousLog([twice]);
    await log.add(5);
    const { it, handled } = following(log);
    await it.reached(5n, 1_000);
    expect(handled).toEqual(upTo(5));
  });
});

describe('handling', () => {
  it('takes what has arrived in batches, never two at a time, and reads only so far ahead', async () => {
    const log = new TreacherousLog();
    await log.add(100);
    let atOnce = 0;
    let readAhead = 0;
    const sizes: number[] = [];
    const { it } = following(log, {
      maxBatch: 10,
      async handle(batch) {
        expect(++atOnce).toBe(1);
        sizes.push(batch.length);
        await sleep(5);
        readAhead = Math.max(readAhead, log.pulled - Number(batch.at(-1)!.position));
        atOnce--;
      },
    });
    await it.reached(100n, 3_000);
    expect(Math.max(...sizes)).toBe(10);
    expect(sizes.length).toBeLessThan(30);
    expect(readAhead).toBeLessThanOrEqual(10);
  });

  it('that takes long is not taken for silence', async () => {
    const log = new TreacherousLog();
    await log.add(6);
    const { it } = following(log, { maxBatch: 2, silenceMs: 20, handle: () => sleep(80) });
    await it.reached(6n, 3_000);
    expect(log.subscriptions).toBe(1);
  });

  it('that throws ends it loudly: nothing after it is handled, and everybody is told', async () => {
    const log = new TreacherousLog();
    const failures: Error[] = [];
    const handled: bigint[] = [];
    const { it } = following(log, {
      async handle(batch, position) {
        if (position > 2n) throw new Error('poison');
        handled.push(...batch.map((event) => event.position));
      },
      onFailure: (failure) => failures.push(failure),
    });
    await log.add(2);
    await it.reached(2n, 1_000);
    const waiting = it.reached(9n, 10_000);
    await log.add(3);
    await expect(waiting).rejects.toMatchObject({ code: 'position-not-reached', position: 2n });
    expect(await it.done).toMatchObject({ message: 'poison' });
    expect(failures).toEqual([it.failure]);
    expect(it.state).toBe('failed');
    await log.add(3);
    await sleep(20);
    expect(handled).toEqual([1n, 2n]);
  });

  it('does not begin with an event that cannot be read: it is not passed over', async () => {
    const log = new TreacherousLog([
      after(1, throwing(new MalformedEvent('s', 1, 'Added', 'holds data that is not JSON'))),
    ]);
    await log.add(3);
    const { it } = following(log);
    expect(await it.done).toBeInstanceOf(MalformedEvent);
    expect(it.state).toBe('failed');
    expect(log.subscriptions).toBe(1);
  });
});

describe('waiting for a position', () => {
  it('is over when that event has been handled, not when it has arrived', async () => {
    const log = new TreacherousLog();
    let finish = () => {};
    const { it } = following(log, { handle: () => new Promise((resolve) => (finish = resolve)) });
    await log.add(1);
    await expect(it.reached(1n, 30)).rejects.toMatchObject({
      code: 'position-not-reached',
      wanted: 1n,
      position: undefined,
    });
    expect(await it.lag()).toEqual({ events: 1, seconds: expect.any(Number), position: 0n, head: 1n });
    finish();
    await it.reached(1n, 1_000);
    expect(await it.lag()).toEqual({ events: 0, seconds: 0, position: 1n, head: 1n });
    expect(it.handled).toMatchObject({ batches: 1, events: 1 });
  });

  it('is over at once for what was handled before', async () => {
    const { it } = following(new TreacherousLog(), { after: 5n });
    await it.reached(5n, 0);
  });
});

describe('stopping', () => {
  it('waits for the batch under way, and leaves no timer and no waiter behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers(); // that of the test itself
    const log = new TreacherousLog();
    let finished = false;
    const { it } = following(log, {
      async handle() {
        await sleep(50);
        finished = true;
      },
    });
    await log.add(1);
    await until(() => log.pulled === 1);
    const waiting = it.reached(99n, 60_000);
    waiting.catch(() => {});
    await sleep(5);
    await it.stop();
    expect(finished).toBe(true);
    expect(it.state).toBe('stopped');
    await expect(waiting).rejects.toThrow(/and has stopped/);
    await expect(it.reached(99n, 60_000)).rejects.toThrow(/and has stopped/);
    expect(timers()).toBe(before);
    expect(await it.done).toBeUndefined();
  });
});
