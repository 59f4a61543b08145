import { describe, expect, it } from '@jest/globals';
import { SubscriptionSilent, follow, sharingSubscription, type RecordedEvent, type SubscribeOptions } from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { pending, tallyEvents } from './testing/tally.js';

/** Counts the live subscriptions, and breaks them when a spec says so. */
class CountedLog extends InMemoryEventLog {
  opened = 0;
  open = 0;
  break: (error?: Error) => void = () => {};

  constructor() {
    super(tallyEvents());
  }

  override async *subscribe({ after, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    this.opened++;
    this.open++;
    const breaking = new AbortController();
    this.break = (error) => breaking.abort(error ?? 'ended');
    try {
      yield* super.subscribe({ after, signal: AbortSignal.any([breaking.signal, ...(signal ? [signal] : [])]) });
      if (breaking.signal.reason instanceof Error) throw breaking.signal.reason;
    } finally {
      this.open--;
    }
  }

  async add(count: number): Promise<void> {
    for (let nth = 0; nth < count; nth++)
      await this.append('s', 'any', [pending(crypto.randomUUID(), { type: 'Added', data: { amount: nth } })]);
  }
}

function members(log: CountedLog, starts: readonly (bigint | undefined)[]) {
  const shared = sharingSubscription(log);
  return starts.map((after, nth) => {
    const seen: bigint[] = [];
    const following = follow(shared, {
      name: `member ${nth}`,
      after,
      handle: async (batch) => void seen.push(...batch.map(({ position }) => position)),
    });
    return { seen, following };
  });
}

const upTo = (last: number, after = 0n) =>
  Array.from({ length: last - Number(after) }, (_, nth) => after + BigInt(nth + 1));

describe('followings that share a subscription', () => {
  it('open one, wherever they begin, and each gets every event once and in order', async () => {
    const log = new CountedLog();
    await log.add(20);
    const starts = [undefined, 5n, 20n, 12n];
    const all = members(log, starts);
    await log.add(30);
    await Promise.all(all.map(({ following }) => following.reached(50n, 2_000)));
    expect(all.map(({ seen }) => seen)).toEqual(starts.map((after) => upTo(50, after)));
    expect(log.opened).toBe(1);
    await Promise.all(all.map(({ following }) => following.stop()));
    expect(log.open).toBe(0);
  });

  it('go on without loss when it ends or breaks', async () => {
    const log = new CountedLog();
    const all = members(log, [undefined, undefined]);
    for (const error of [undefined, new Error('cable cut'), undefined]) {
      await log.add(10);
      await Promise.all(all.map(({ following }) => following.reached(BigInt(log.opened * 10), 2_000)));
      log.break(error);
      await log.add(0);
      while (log.open === 0 || all.some(({ following }) => following.state !== 'live'))
        await new Promise((go) => setTimeout(go, 20));
    }
    await log.add(5);
    await Promise.all(all.map(({ following }) => following.reached(35n, 2_000)));
    for (const { seen } of all) expect(seen).toEqual(upTo(35));
    await Promise.all(all.map(({ following }) => following.stop()));
  });

  it('let one be slower than what is kept for it', async () => {
    const log = new CountedLog();
    const shared = sharingSubscription(log);
    const swift = follow(shared, { name: 'swift', handle: async () => {} });
    let release = () => {};
    const held = new Promise<void>((go) => (release = go));
    const seen: bigint[] = [];
    const slow = follow(shared, {
      name: 'slow',
      maxBatch: 10,
      handle: async (batch) => {
        await held;
        seen.push(...batch.map(({ position }) => position));
      },
    });
    await log.add(10_000);
    await swift.reached(10_000n, 5_000);
    release();
    await slow.reached(10_000n, 10_000);
    expect(seen).toEqual(upTo(10_000));
    await Promise.all([swift.stop(), slow.stop()]);
  });

  it('ask once for the head where they ask at the same time, and again for whoever asks later', async () => {
    const log = new CountedLog();
    let asked = 0;
    const head = log.head.bind(log);
    log.head = () => (asked++, head());
    const shared = sharingSubscription(log);
    const answers = [shared.head(), shared.head(), shared.head()];
    await log.add(1);
    expect(await Promise.all(answers)).toEqual([1n, 1n, 1n]);
    await log.add(1);
    expect(await shared.head()).toBe(2n);
    expect(asked).toBe(2);
  });

  it('get a new one when one of them finds it dead in silence', async () => {
    const log = new CountedLog();
    const shared = sharingSubscription(log);
    const silent = new AbortController();
    const reader = shared.subscribe({ signal: silent.signal })[Symbol.asyncIterator]();
    await log.add(1);
    await reader.next();
    const waiting = reader.next();
    await new Promise((go) => setTimeout(go, 20));
    expect(log.opened).toBe(1);
    silent.abort(new SubscriptionSilent('spec', 1));
    expect(await waiting).toMatchObject({ done: true });
    const other = shared.subscribe({ after: 1n, signal: new AbortController().signal })[Symbol.asyncIterator]();
    const next = other.next();
    await new Promise((go) => setTimeout(go, 20));
    await log.add(1);
    expect(await next).toMatchObject({ value: { position: 2n } });
    expect(log.opened).toBe(2);
    await other.return?.(undefined);
  });
});
