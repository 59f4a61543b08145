import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connectEventStore, follow, type EventLog } from './index.js';
import {
  batchAppendSupported,
  eventResponse,
  startScriptedStore,
  success,
  type Script,
} from './testing/scripted-store.js';
import { pending, tallyEvents } from './testing/tally.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function connectTo(script: Script, deadlineMs = 10_000): Promise<EventLog> {
  const { url, stop } = await startScriptedStore(script);
  const log = connectEventStore({ url, catalogue: tallyEvents(), deadlineMs });
  closing.push(stop, () => log.close());
  return log;
}

const added = (data: object = { amount: 1 }) => pending(crypto.randomUUID(), { type: 'Added', data });
async function all<T>(items: AsyncIterable<T>) {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const cycle: { self?: object } = {};
cycle.self = cycle;

describe('before the client is called', () => {
  it.each([
    ['a BigInt', { amount: 1n }],
    ['a cycle', cycle],
    ['what is no object', { toJSON: () => 'text' }],
  ])('data with %s is refused: the client itself would never answer', async (_, data) => {
    let reached = false;
    const log = await connectTo({ append: () => (reached = true) });
    await expect(log.append('s', 'any', [added(), added(data)])).rejects.toMatchObject({ code: 'not-serialisable' });
    expect(reached).toBe(false);
  });

  it('an append of more than 900 KiB is refused', async () => {
    let reached = 0;
    const log = await connectTo({ append: (request, call) => void call.write(success(request, reached++, 1n)) });
    const text = 'ä'.repeat(225 * 1024); // two bytes each
    await log.append('s', 'any', [added({ text })]);
    await expect(log.append('s', 'any', [added({ text }), added({ text })])).rejects.toMatchObject({
      code: 'event-too-large',
      limit: 921_600,
    });
    expect(reached).toBe(1);
  });
});

describe('an append', () => {
  it('that is never answered is an unknown outcome in time, and does not spoil the next', async () => {
    let silent = true;
    const log = await connectTo(
      { append: (request, call) => void (silent || call.write(success(request, 0, 7n))) },
      300,
    );
    await expect(log.append('s', 'any', [added()])).rejects.toMatchObject({ code: 'outcome-unknown' });
    silent = false;
    expect(await log.append('s', 'any', [added()])).toEqual({ revision: 0, position: 7n });
  });

  it('whose answer is cut off by a polite end of the call is an unknown outcome', async () => {
    const log = await connectTo({ append: (_, call) => call.end() }, 300);
    await expect(log.append('s', 'any', [added()])).rejects.toMatchObject({ code: 'outcome-unknown' });
  });

  it('to a store that is not there is surely not written', async () => {
    const { url, stop } = await startScriptedStore({});
    stop();
    const log = connectEventStore({ url, catalogue: tallyEvents() });
    closing.push(() => log.close());
    await expect(log.append('s', 'any', [added()])).rejects.toMatchObject({ code: 'store-unavailable' });
    await expect(log.head()).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('succeeds after a store that could not say at first what it can do', async () => {
    let asked = 0;
    const log = await connectTo({
      features: (answer) =>
        ++asked === 1
          ? answer(Object.assign(new Error('not yet'), { code: 13 }))
          : answer(null, batchAppendSupported()),
      append: (request, call) => void call.write(success(request, 0, 1n)),
    });
    await expect(log.append('s', 'any', [added()])).rejects.toThrow(/not yet/);
    expect(await log.append('s', 'any', [added()])).toEqual({ revision: 0, position: 1n });
  });

  it('always says the real position: it is read where the answer leaves it out', async () => {
    const log = await connectTo({
      append: (request, call) => void call.write(success(request, 4)),
      read(call) {
        call.write(eventResponse({ revision: 4, position: 99n }));
        call.end();
      },
    });
    expect(await log.append('s', 3, [added()])).toEqual({ revision: 4, position: 99n });
  });

  it('and hundreds beside it survive a cut of the connection: each is settled, and nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    closing.push(() => process.off('unhandledRejection', note));
    let reached = 0;
    const log = await connectTo(
      {
        append(_, call) {
          if (++reached > 1) return;
          call.pause(); // the network is full, and the client has to keep what it was given
          setTimeout(() => call.destroy(Object.assign(new Error('cut'), { code: 14 })), 100);
        },
      },
      500,
    );
    const large = { text: 'x'.repeat(50_000) };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => log.append('s', 'any', [added(large)])),
    );
    await sleep(50);
    expect(unhandled).toEqual([]);
    const codes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['outcome-unknown', 'store-unavailable']));
  });
});

describe('a read', () => {
  it('that is not answered is an error in time', async () => {
    const log = await connectTo({ read: () => {} }, 200);
    await expect(all(log.read('s'))).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  it('may be consumed as slowly as one likes', async () => {
    const log = await connectTo(
      {
        read(call) {
          for (let revision = 0; revision < 5; revision++)
            call.write(eventResponse({ revision, position: BigInt(revision) }));
          call.end();
        },
      },
      100,
    );
    const seen: number[] = [];
    for await (const { revision } of log.read('s')) {
      seen.push(revision);
      await sleep(60);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('that is left early ends its call at the store', async () => {
    let cancelled = false;
    const log = await connectTo({
      read(call) {
        call.on('cancelled', () => (cancelled = true));
        for (let revision = 0; revision < 5; revision++)
          call.write(eventResponse({ revision, position: BigInt(revision) }));
      },
    });
    for await (const { revision } of log.read('s')) if (revision === 1) break;
    for (let i = 0; i < 100 && !cancelled; i++) await sleep(5);
    expect(cancelled).toBe(true);
  });

  it('that is left early, though the store had sent it all, is not kept for ever', async () => {
    const log = await connectTo({
      read(call) {
        for (let revision = 0; revision < 200; revision++)
          call.write(eventResponse({ revision, position: BigInt(revision) }));
        call.end();
      },
    });
    for await (const { revision } of log.read('s')) {
      if (revision === 3) await sleep(50);
      if (revision === 4) break;
    }
    const closed = await Promise.race([
      log.close().then(() => 'closed'),
      sleep(2_000, 'the client still waits for its end'),
    ]);
    expect(closed).toBe('closed');
  });

  it('of data that is not JSON names stream and revision', async () => {
    const log = await connectTo({
      read(call) {
        call.write(eventResponse({ revision: 3, position: 5n, data: '{"amount":' }));
        call.end();
      },
    });
    await expect(all(log.read('s'))).rejects.toMatchObject({ code: 'malformed-event', stream: 's', revision: 3 });
    expect(await log.head()).toBe(5n);
  });

  it('of a store that does not say positions is refused, rather than guessing them', async () => {
    const log = await connectTo({
      read(call) {
        call.write(eventResponse({ revision: 0 }));
        call.end();
      },
    });
    await expect(all(log.read('s'))).rejects.toMatchObject({ code: 'unsupported-server' });
  });

  it('is not mistaken for whole where the connection is closed in the middle', async () => {
    const log = await connectTo({ read: (call) => void call.write(eventResponse({ revision: 0, position: 1n })) });
    const reading = all(log.read('s'));
    await sleep(50);
    await log.close();
    await expect(reading).rejects.toMatchObject({ code: 'store-unavailable' });
  });
});

describe('a subscription', () => {
  it('that the store ends politely, cancels, or lets die in silence is renewed from what was received', async () => {
    const from: string[] = [];
    const log = await connectTo({
      read(call) {
        const options = call.request.getOptions()!;
        const after = BigInt(options.getAll()?.getPosition()?.getCommitPosition() ?? 0);
        if (!options.hasSubscription()) {
          call.write(eventResponse({ revision: 7, position: 7n })); // the head
          call.end();
          return;
        }
        from.push(String(after));
        for (let n = after + 1n; n <= after + 2n && n <= 7n; n++)
          call.write(eventResponse({ revision: Number(n), position: n }));
        if (from.length === 1) call.end();
        else if (from.length === 2)
          call.destroy(Object.assign(new Error('gone'), { code: 1, details: 'cancelled by the server' }));
      },
    });
    const handled: bigint[] = [];
    const following = follow(log, {
      name: 'spec',
      silenceMs: 200,
      handle: async (batch) => void handled.push(...batch.map(({ position }) => position)),
    });
    closing.push(() => following.stop());
    await following.reached(7n, 5_000);
    expect(handled).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
    expect(from.length).toBeGreaterThanOrEqual(4);
  });

  it('is given back to the store when it is over', async () => {
    let cancelled = false;
    const log = await connectTo({ read: (call) => void call.on('cancelled', () => (cancelled = true)) });
    const stop = new AbortController();
    const reading = all(log.subscribe({ signal: stop.signal }));
    await sleep(50);
    stop.abort();
    expect(await reading).toEqual([]);
    for (let i = 0; i < 100 && !cancelled; i++) await sleep(5);
    expect(cancelled).toBe(true);
  });
});
