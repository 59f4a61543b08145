import { beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, FORWARDS, START, StreamNotFoundError } from '@eventstore/db-client';
import { count, drain, eventStore, failure, newStream, numbersIn, take } from './fixture.js';

describe('reading a stream', () => {
  const store = eventStore();
  const stream = newStream();
  const read = (options?: Parameters<typeof store.client.readStream>[1]) =>
    numbersIn(store.client.readStream(stream, options));

  beforeAll(() => store.client.appendToStream(stream, count(0, 9)));

  it('gives its events in order', async () => expect(await read()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

  it('gives at most as many as are asked for', async () => expect(await read({ maxCount: 3 })).toEqual([0, 1, 2]));

  it('begins at the revision that is named', async () =>
    expect(await read({ fromRevision: 7n, direction: FORWARDS })).toEqual([7, 8, 9]));

  it('gives nothing behind its end', async () => {
    expect(await read({ fromRevision: 10n })).toEqual([]);
    expect(await read({ fromRevision: 0xffff_ffff_ffff_ffffn })).toEqual([]);
    expect(await read({ fromRevision: END })).toEqual([]);
  });

  it('goes backwards from its end', async () =>
    expect(await read({ direction: BACKWARDS, fromRevision: END, maxCount: 3 })).toEqual([9, 8, 7]));

  it('goes backwards from a revision, that included', async () =>
    expect(await read({ direction: BACKWARDS, fromRevision: 2n })).toEqual([2, 1, 0]));

  it('goes backwards from behind its end as from its end', async () =>
    expect(await read({ direction: BACKWARDS, fromRevision: 99n, maxCount: 1 })).toEqual([9]));

  it('gives the first event alone backwards from its start', async () =>
    expect(await read({ direction: BACKWARDS, fromRevision: START })).toEqual([0]));

  it('that does not exist fails, and names it', async () => {
    const missing = newStream();
    const error = await failure<StreamNotFoundError>(drain(store.client.readStream(missing)));
    expect(error).toBeInstanceOf(StreamNotFoundError);
    expect(error.streamName).toBe(missing);
    const backwards = store.client.readStream(missing, { direction: BACKWARDS, fromRevision: END });
    expect(await failure(drain(backwards))).toBeInstanceOf(StreamNotFoundError);
  });

  it('does not mix up streams whose names begin alike', async () => {
    await store.client.appendToStream(`${stream}-x`, count(100, 101));
    expect(await read()).toHaveLength(10);
  });

  it('of more events than fit in a page gives them all, either way', async () => {
    const long = newStream();
    for (let from = 0; from < 5_000; from += 1_000) await store.client.appendToStream(long, count(from, from + 999));
    const all = Array.from({ length: 5_000 }, (_, n) => n);
    expect(await numbersIn(store.client.readStream(long))).toEqual(all);
    const backwards = store.client.readStream(long, { direction: BACKWARDS, fromRevision: END });
    expect(await numbersIn(backwards)).toEqual(all.reverse());
  });

  it('sees an event as soon as it is acknowledged', async () => {
    const fresh = newStream();
    for (let n = 0; n < 50; n++) {
      await store.client.appendToStream(fresh, count(n, n));
      const [last] = await take(
        store.client.readStream(fresh, { direction: BACKWARDS, fromRevision: END, maxCount: 1 }),
        1,
      );
      expect(last?.event?.revision).toBe(BigInt(n));
    }
  });

  it('can be broken off', async () => {
    for (let n = 0; n < 20; n++) expect(await take(store.client.readStream(stream), 2)).toHaveLength(2);
    expect(await read()).toHaveLength(10);
  });
});

describe('reading $all', () => {
  const store = eventStore();
  const streams = [newStream(), newStream()] as const;
  const positions: bigint[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 10; n++) {
      const { position } = await store.client.appendToStream(streams[n % 2]!, count(n, n));
      positions.push(position!.commit);
    }
  });
  const at = (n: number) => ({ commit: positions[n]!, prepare: positions[n]! });

  it('is not empty at the first start', async () => {
    const [first] = await take(store.client.readAll({ maxCount: 1 }), 1);
    expect(first?.event?.streamId.startsWith('$')).toBe(true);
  });

  it('gives the events of all streams in the order in which they were appended', async () =>
    expect(await numbersIn(store.client.readAll({ fromPosition: at(0) }))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));

  it('begins with the event at the position that is named', async () =>
    expect(await numbersIn(store.client.readAll({ fromPosition: at(6), maxCount: 2 }))).toEqual([6, 7]));

  it('backwards from a position begins with the event before it', async () => {
    const backwards = store.client.readAll({ fromPosition: at(6), direction: BACKWARDS, maxCount: 3 });
    expect(await numbersIn(backwards)).toEqual([5, 4, 3]);
  });

  it('backwards from the end begins with the last event', async () => {
    const backwards = store.client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 2 });
    expect(await numbersIn(backwards)).toEqual([9, 8]);
  });

  it('gives nothing at its end, and nothing backwards from its start', async () => {
    expect(await take(store.client.readAll({ fromPosition: END }), 1)).toEqual([]);
    expect(await take(store.client.readAll({ fromPosition: START, direction: BACKWARDS }), 1)).toEqual([]);
  });

  it('gives each event its stream, its revision and its position', async () => {
    const [event] = await take(store.client.readAll({ fromPosition: at(3) }), 1);
    expect(event).toMatchObject({
      event: { streamId: streams[1], revision: 1n, position: at(3) },
      commitPosition: positions[3],
    });
  });
});
