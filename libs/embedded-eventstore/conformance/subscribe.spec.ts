import { describe, expect, it } from '@jest/globals';
import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  START,
  streamNameFilter,
  type Position,
} from '@eventstore/db-client';
import { count, eventStore, newStream, numbered, numbersIn, take } from './fixture.js';

const confirmed = (subscription: { once(event: 'confirmation', listener: () => void): unknown }) =>
  new Promise<void>((resolve) => subscription.once('confirmation', resolve));

const numbers = async (events: AsyncIterable<{ event?: { data: unknown } }>, howMany: number) =>
  (await take(events, howMany)).map(({ event }) => (event?.data as { n: number }).n);

describe('a subscription to a stream', () => {
  const store = eventStore();

  it('gives what is there, then what comes', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 2));
    const first = numbers(store.client.subscribeToStream(stream), 6);
    for (let n = 3; n < 6; n++) await store.client.appendToStream(stream, numbered(n));
    expect(await first).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is confirmed, and says when it has caught up', async () => {
    const subscription = store.client.subscribeToStream(newStream());
    const caughtUp = new Promise<void>((resolve) => subscription.once('caughtUp', resolve));
    await Promise.all([confirmed(subscription), caughtUp]);
    expect(subscription.id).toMatch(/^[0-9a-f-]{36}$/);
    await subscription.unsubscribe();
  });

  it('begins behind the revision that is named', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 5));
    expect(await numbers(store.client.subscribeToStream(stream, { fromRevision: 3n }), 2)).toEqual([4, 5]);
  });

  it('from the end gives only what comes', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 5));
    const subscription = store.client.subscribeToStream(stream, { fromRevision: END });
    const coming = numbers(subscription, 1);
    await confirmed(subscription);
    await store.client.appendToStream(stream, numbered(6));
    expect(await coming).toEqual([6]);
  });

  it('waits for a stream that does not exist yet', async () => {
    const stream = newStream();
    const subscription = store.client.subscribeToStream(stream);
    const coming = numbers(subscription, 2);
    await confirmed(subscription);
    await store.client.appendToStream(newStream(), numbered(99));
    await store.client.appendToStream(stream, count(1, 2));
    expect(await coming).toEqual([1, 2]);
  });

  it('gives each event once while it is overtaken by writers', async () => {
    const stream = newStream();
    const all = Array.from({ length: 3_000 }, (_, n) => n);
    await store.client.appendToStream(stream, count(0, 999));
    const coming = numbers(store.client.subscribeToStream(stream, { fromRevision: START }), 3_000);
    for (let n = 1_000; n < 3_000; n += 100)
      await Promise.all([
        store.client.appendToStream(stream, count(n, n + 99)),
        store.client.appendToStream(newStream(), count(0, 9)),
      ]);
    expect(await coming).toEqual(all);
  });

  it('gives nothing any more when it is left', async () => {
    const stream = newStream();
    const subscription = store.client.subscribeToStream(stream);
    await confirmed(subscription);
    await subscription.unsubscribe();
    await store.client.appendToStream(stream, numbered(1));
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1]);
  });
});

describe('a subscription to $all', () => {
  const store = eventStore();

  it('gives the events of all streams in order, those that come included', async () => {
    const { position } = await store.client.appendToStream(newStream(), numbered(0));
    const coming = numbers(store.client.subscribeToAll({ fromPosition: position! }), 200);
    await Promise.all(count(1, 100).map((event) => store.client.appendToStream(newStream(), event)));
    for (let n = 101; n <= 200; n++) await store.client.appendToStream(newStream(), numbered(n));
    const seen = await coming;
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    expect(seen.slice(100)).toEqual(Array.from({ length: 100 }, (_, n) => n + 101));
  });

  it('begins behind the position that is named', async () => {
    const { position } = await store.client.appendToStream(newStream(), numbered(1));
    await store.client.appendToStream(newStream(), numbered(2));
    expect(await numbers(store.client.subscribeToAll({ fromPosition: position! }), 1)).toEqual([2]);
  });

  it('goes on where another one was left, without a gap or a repetition', async () => {
    const { position } = await store.client.appendToStream(newStream(), numbered(0));
    await store.client.appendToStream(newStream(), count(1, 60));
    const first = await take(store.client.subscribeToAll({ fromPosition: position! }), 25);
    const left = first.at(-1)!.event!.position;
    const second = await numbers(store.client.subscribeToAll({ fromPosition: left }), 35);
    expect(second).toEqual(Array.from({ length: 35 }, (_, n) => n + 26));
  });
});

describe('a filtered subscription to $all', () => {
  const store = eventStore();

  it.each([
    ['stream name prefixes', streamNameFilter({ prefixes: ['nothing-like-it', 'wanted-'] })],
    ['a regular expression on stream names', streamNameFilter({ regex: '^wanted-.*$' })],
    ['event type prefixes', eventTypeFilter({ prefixes: ['Wanted'] })],
    ['a regular expression on event types', eventTypeFilter({ regex: '^Want.d' })],
  ])('by %s gives what matches, past and to come', async (_name, filter) => {
    const start = await store.client.appendToStream(newStream(), numbered(0));
    const append = (n: number) =>
      store.client.appendToStream(
        `${n % 3 === 0 ? 'wanted' : 'other'}-${newStream()}`,
        numbered(n, n % 3 === 0 ? 'WantedHappened' : 'OtherHappened'),
      );
    for (let n = 1; n <= 9; n++) await append(n);
    const subscription = store.client.subscribeToAll({ fromPosition: start.position!, filter });
    const coming = numbers(subscription, 5);
    await confirmed(subscription);
    for (let n = 10; n <= 15; n++) await append(n);
    expect(await coming).toEqual([3, 6, 9, 12, 15]);
  });

  it('can leave out system events', async () => {
    const subscription = store.client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
    const seen = await take(subscription, 10);
    for (const { event } of seen) expect(event?.type).not.toMatch(/^\$/);
  });

  it('has a checkpoint after every interval × window of events that were looked at', async () => {
    const start = await store.client.appendToStream(newStream(), numbered(0));
    const checkpoints: Position[] = [];
    const stream = `wanted-${newStream()}`;
    const subscription = store.client.subscribeToAll({
      fromPosition: start.position!,
      filter: streamNameFilter({
        prefixes: [stream],
        maxSearchWindow: 5,
        checkpointInterval: 2,
        checkpointReached: async (_subscription, position) => void checkpoints.push(position),
      }),
    });
    const coming = take(subscription, 1);
    await store.client.appendToStream(newStream(), count(1, 35));
    await store.client.appendToStream(stream, numbered(1));
    await coming;
    expect(checkpoints).toHaveLength(3);
    expect(checkpoints[1]!.commit - checkpoints[0]!.commit).toBe(10n);
    expect(checkpoints[0]!.commit).toBeGreaterThan(start.position!.commit);
  });
});
