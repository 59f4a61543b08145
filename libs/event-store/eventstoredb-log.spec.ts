import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '#embedded-eventstore';
import {
  connectEventStore,
  DeciderRunner,
  follow,
  OutcomeUnknown,
  StoreUnavailable,
  type EventLog,
  type RecordedEvent,
} from './index.js';
import { add, command, pending, tally, tallyEvents, type Tally, type TallyEvent } from './testing/tally.js';
import { startTcpProxy } from './testing/tcp-proxy.js';

/** The store to run on, which is shared and not empty; where none is given, an embedded one. */
const given = process.env.EVENTSTORE_URL || undefined;
let url: string;
let stopStore = async () => {};
let log: EventLog;
const types = tallyEvents();
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  if (given) url = given;
  else {
    const folder = await mkdtemp(join(tmpdir(), 'docket-event-store-'));
    const store = await startEmbeddedEventStore({ folder });
    url = store.url;
    stopStore = async () => {
      await store.stop();
      await rm(folder, { recursive: true });
    };
  }
  log = connectEventStore({ url, catalogue: types });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(async () => {
  await log.close();
  await stopStore();
});

const freshStream = () => `tally-${crypto.randomUUID()}`;
const added = (amount = 1) => pending(crypto.randomUUID(), { type: 'Added', data: { amount } });
async function all(events: AsyncIterable<RecordedEvent>) {
  const list: RecordedEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const revisions = async (events: AsyncIterable<RecordedEvent>) => (await all(events)).map(({ revision }) => revision);

describe('appending', () => {
  it('gives back on reading what was written, with the place that the answer named', async () => {
    const stream = `${freshStream()}-ünï-🦊`;
    const events = [
      added(1),
      pending(crypto.randomUUID(), {
        type: 'Praised',
        data: { text: '"quoted" 🦊 \u0000 \ud800', deep: [{ n: null }] },
      }),
      added(3),
    ];
    const { revision, position } = await log.append(stream, 'no-stream', events);
    const read = await all(log.read(stream));
    expect(read).toEqual(
      events.map((event, index) => ({ ...event, stream, revision: index, position: expect.any(BigInt) })),
    );
    expect(read.at(-1)).toMatchObject({ revision, position });
    expect(read[0]!.position).toBeLessThan(read[1]!.position);
    expect(read[1]!.position).toBeLessThan(read[2]!.position);
    expect(await all(log.readAll({ after: read[0]!.position, max: 2 }))).toEqual(read.slice(1));
  });

  it('needs the expected revision, and says the actual one', async () => {
    const stream = freshStream();
    await expect(log.append(stream, 0, [added()])).rejects.toMatchObject({
      code: 'wrong-expected-revision',
      expected: 0,
      actual: -1,
    });
    expect(await log.append(stream, 'no-stream', [added(), added()])).toMatchObject({ revision: 1 });
    await expect(log.append(stream, 'no-stream', [added()])).rejects.toMatchObject({
      expected: 'no-stream',
      actual: 1,
    });
    await expect(log.append(stream, 0, [added()])).rejects.toMatchObject({ expected: 0, actual: 1 });
    await expect(log.append(stream, 2, [added()])).rejects.toMatchObject({ expected: 2, actual: 1 });
    expect(await log.append(stream, 1, [added()])).toMatchObject({ revision: 2 });
    expect(await log.append(stream, 'any', [added()])).toMatchObject({ revision: 3 });
  });

  it('the same events at the same revision again writes nothing and answers the same', async () => {
    const stream = freshStream();
    const events = [added(), added()];
    const first = await log.append(stream, 'no-stream', events);
    await log.append(stream, 1, [added()]);
    expect(await log.append(stream, 'no-stream', events)).toEqual(first);
    expect(await revisions(log.read(stream))).toEqual([0, 1, 2]);
  });

  it('takes 890 KiB at once', async () => {
    const stream = freshStream();
    const large = Array.from({ length: 10 }, () =>
      pending(crypto.randomUUID(), { type: 'Added', data: { text: 'x'.repeat(89 * 1024) } }),
    );
    expect(await log.append(stream, 'no-stream', large)).toMatchObject({ revision: 9 });
    expect(await revisions(log.read(stream))).toHaveLength(10);
  });

  it('by hundreds at the same time writes each once', async () => {
    const streams = Array.from({ length: 200 }, freshStream);
    const places = await Promise.all(streams.map((stream) => log.append(stream, 'no-stream', [added()])));
    expect(new Set(places.map(({ position }) => position)).size).toBe(200);
    for (const stream of streams.slice(0, 5)) expect(await revisions(log.read(stream))).toEqual([0]);
  });
});

describe('reading', () => {
  it('finds nothing in a stream that does not exist', async () => {
    expect(await all(log.read(freshStream()))).toEqual([]);
    expect(await all(log.read(freshStream(), { from: 5 }))).toEqual([]);
    expect(await all(log.read(freshStream(), { direction: 'backwards' }))).toEqual([]);
  });

  it('goes either way from any revision, as far as wanted', async () => {
    const stream = freshStream();
    await log.append(
      stream,
      'no-stream',
      Array.from({ length: 6 }, () => added()),
    );
    expect(await revisions(log.read(stream, { from: 4 }))).toEqual([4, 5]);
    expect(await revisions(log.read(stream, { from: 6 }))).toEqual([]);
    expect(await revisions(log.read(stream, { from: 2, max: 2 }))).toEqual([2, 3]);
    expect(await revisions(log.read(stream, { direction: 'backwards', max: 2 }))).toEqual([5, 4]);
    expect(await revisions(log.read(stream, { direction: 'backwards', from: 1 }))).toEqual([1, 0]);
  });

  it('of everything leaves out system events, and what is at or before the position given', async () => {
    const stream = freshStream();
    const { position: before } = await log.append(stream, 'any', [added()]);
    await log.append(
      stream,
      'any',
      Array.from({ length: 40 }, () => pending(crypto.randomUUID(), { type: '$noise', data: {} })),
    );
    const { position } = await log.append(stream, 'any', [added()]);
    const noise = { stream, type: '$noise' };
    await log.append(
      stream,
      'any',
      Array.from({ length: 40 }, () => pending(crypto.randomUUID(), { type: noise.type, data: {} })),
    );
    const ours = (event: RecordedEvent) => event.stream === stream;
    expect((await all(log.readAll({ after: before }))).filter(ours).map((event) => event.revision)).toEqual([41]);
    const backwards = log.readAll({ direction: 'backwards', after: position, max: 100 });
    expect((await all(backwards)).find(ours)).toMatchObject({ revision: 0, position: before });
    // The head is the last event that is no system event, whoever wrote it.
    const behind = await all(log.readAll({ after: position }));
    expect(behind.filter(ours)).toEqual([]);
    expect(await log.head()).toBe(behind.at(-1)?.position ?? position);
  });

  it('of a long stream is complete, and may be left at any event', async () => {
    const stream = freshStream();
    for (let i = 0; i < 10; i++)
      await log.append(
        stream,
        'any',
        Array.from({ length: 200 }, () => added()),
      );
    expect(await revisions(log.read(stream))).toEqual(Array.from({ length: 2_000 }, (_, i) => i));
    for await (const { revision } of log.read(stream)) if (revision === 7) break;
  });
});

describe('subscribing', () => {
  it('brings what is there and what comes, until it is ended', async () => {
    const stream = freshStream();
    const { position: after } = await log.append(stream, 'any', [added()]);
    await log.append(stream, 'any', [added(), pending(crypto.randomUUID(), { type: '$noise', data: {} })]);
    const end = new AbortController();
    const seen: number[] = [];
    const over = (async () => {
      for await (const event of log.subscribe({ after, signal: end.signal })) {
        if (event.stream === stream) seen.push(event.revision);
        if (seen.length === 1) await log.append(stream, 'any', [added()]);
        if (seen.length === 2) end.abort();
      }
    })();
    await over;
    expect(seen).toEqual([1, 3]);
  });
});

describe('two processes that work on one stream', () => {
  it('carry out each command once, within the limit that both decide on', async () => {
    const stream = freshStream();
    const runners = [0, 1].map(
      () =>
        new DeciderRunner<Tally, TallyEvent>(log, tally, { catalogue: types, clock: () => new Date(), attempts: 50 }),
    );
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, i) => runners[i % 2]!.execute(stream, command(`${stream} ${i >> 2}`), add(1, 10))),
    );
    const events = await all(log.read(stream));
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: 10 }, () => 'Added'));
    expect(new Set(events.map(({ metadata }) => metadata.$causationId)).size).toBe(10);
    expect(outcomes.filter(({ outcome }) => outcome === 'refused')).toHaveLength(20);
    for (const runner of runners)
      expect(await runner.load(stream)).toMatchObject({ state: { total: 10 }, revision: 9 });
  });
});

/** What is cut is a cable on this machine, which cannot pass for the host of a certificate. */
const cuttable = given === undefined || /^esdb:\/\/(localhost|127\.0\.0\.1):\d+\/?\?(.*&)?tls=false/.test(given);
const why = cuttable ? '' : ' (not on a store on another machine or with TLS: there is no cable to cut)';
(cuttable ? describe : describe.skip)(`with a connection that is cut again and again${why}`, () => {
  it('commands that are repeated until their outcome is known are carried out once, and a following misses and repeats nothing', async () => {
    const port = /:(\d+)(?=[/?]|$)/.exec(url)![1]!;
    const proxy = await startTcpProxy(Number(port));
    closing.push(() => proxy.stop());
    const through = connectEventStore({
      url: url.replace(`:${port}`, `:${proxy.port}`),
      catalogue: types,
      deadlineMs: 2_000,
    });
    closing.push(() => through.close());
    const runner = new DeciderRunner<Tally, TallyEvent>(through, tally, { catalogue: types, clock: () => new Date() });
    const stream = freshStream();
    const start = await log.head();
    const handled: RecordedEvent[] = [];
    const following = follow(through, {
      name: 'spec',
      after: start,
      silenceMs: 1_000,
      handle: async (batch) => void handled.push(...batch.filter((event) => event.stream.startsWith(stream))),
    });
    closing.push(() => following.stop());

    let unknown = 0;
    const insist = async (n: number) => {
      while (working) {
        try {
          await runner.execute(`${stream}-${n % 4}`, command(`${stream} ${n}`), add(1));
          return;
        } catch (error) {
          if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable)) throw error;
          unknown++;
          await sleep(20);
        }
      }
    };
    let working = true;
    closing.push(() => (working = false));
    const cutting = (async () => {
      while (working) {
        await sleep(60);
        proxy.cut();
        await sleep(120);
      }
    })();
    for (let round = 0; round < 12; round++) {
      await Promise.all(Array.from({ length: 40 }, (_, i) => insist(round * 40 + i)));
      await sleep(20);
    }
    working = false;
    await cutting;

    const totals = await Promise.all([0, 1, 2, 3].map(async (n) => (await runner.load(`${stream}-${n}`)).state.total));
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(480);
    await following.reached((await log.head())!, 10_000);
    expect(new Set(handled.map(({ id }) => id)).size).toBe(handled.length);
    expect(handled.length).toBe(
      (await Promise.all([0, 1, 2, 3].map(async (n) => all(log.read(`${stream}-${n}`))))).flat().length,
    );
    expect(unknown).toBeGreaterThan(0);
  });
});
