import { describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { count, drain, eventStore, failure, newStream, numbered, numbersIn, take } from './fixture.js';

describe('a deleted stream', () => {
  const store = eventStore();
  const deleted = async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 2));
    await store.client.deleteStream(stream);
    return stream;
  };

  it('is not found any more', async () => {
    const stream = await deleted();
    expect(await failure(drain(store.client.readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  it('comes back with the next append, without its old events and with higher revisions', async () => {
    const stream = await deleted();
    const { nextExpectedRevision } = await store.client.appendToStream(stream, numbered(3));
    expect(nextExpectedRevision).toBe(3n);
    expect(await numbersIn(store.client.readStream(stream))).toEqual([3]);
    expect(await numbersIn(store.client.readStream(stream, { direction: BACKWARDS, fromRevision: END }))).toEqual([3]);
  });

  it('can be begun anew by a writer that expects no stream', async () => {
    const stream = await deleted();
    await store.client.appendToStream(stream, numbered(7), { expectedRevision: NO_STREAM });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([7]);
  });

  it('does not exist for a writer that expects it to', async () => {
    const append = store.client.appendToStream(await deleted(), numbered(1), { expectedRevision: STREAM_EXISTS });
    expect(await failure(append)).toMatchObject({ type: 'stream-deleted' });
  });

  it('has to be there, at the expected revision', async () => {
    const stream = newStream();
    expect(await failure(store.client.deleteStream(stream))).toMatchObject({ type: 'wrong-expected-version' });
    await store.client.appendToStream(stream, count(0, 2));
    const error = await failure(store.client.deleteStream(stream, { expectedRevision: 1n }));
    expect(error).toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: 1n,
      actualVersion: 2n,
    });
    await store.client.deleteStream(stream, { expectedRevision: 2n });
  });

  it('keeps its events in $all', async () => {
    const stream = newStream();
    const { position } = await store.client.appendToStream(stream, numbered(1));
    await store.client.deleteStream(stream);
    const [event] = await take(store.client.readAll({ fromPosition: position!, maxCount: 1 }), 1);
    expect(event?.event?.streamId).toBe(stream);
  });
});

describe('a tombstoned stream', () => {
  const store = eventStore();

  it('can neither be read nor appended to nor deleted, ever', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 2));
    await store.client.tombstoneStream(stream);
    const attempts = [
      drain(store.client.readStream(stream)),
      store.client.appendToStream(stream, numbered(1)),
      store.client.appendToStream(stream, numbered(1), { credentials: { username: 'admin', password: 'changeit' } }),
      store.client.deleteStream(stream),
      store.client.tombstoneStream(stream),
    ];
    for (const error of await Promise.all(attempts.map((attempt) => failure(attempt))))
      expect(error).toMatchObject({ type: 'stream-deleted', streamName: stream });
  });

  it('may be one that never had an event', async () => {
    const stream = newStream();
    await store.client.tombstoneStream(stream, { expectedRevision: NO_STREAM });
    expect(await failure(store.client.appendToStream(stream, numbered(1)))).toMatchObject({ type: 'stream-deleted' });
  });

  it('ends the subscriptions to it with an error', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, numbered(1));
    const subscription = store.client.subscribeToStream(stream);
    const end = failure(drain(subscription));
    await new Promise<void>((resolve) => subscription.once('caughtUp', () => resolve()));
    await store.client.tombstoneStream(stream);
    expect(await end).toMatchObject({ type: 'stream-deleted' });
  });

  it('has its tombstone in $all', async () => {
    const stream = newStream();
    const { position } = await store.client.tombstoneStream(stream);
    const [event] = await take(store.client.readAll({ fromPosition: position!, maxCount: 1 }), 1);
    expect(event?.event).toMatchObject({ streamId: stream, type: '$streamDeleted', revision: 2n ** 63n - 1n });
  });
});

describe("a stream's metadata", () => {
  const store = eventStore();

  it('is read back', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 10, team: 'blue' });
    expect((await store.client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 10, team: 'blue' });
  });

  it('shows only what was written last', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 1 });
    await store.client.setStreamMetadata(stream, { maxCount: 2 });
    const events = await take(store.client.readStream(`$$${stream}`), 2);
    expect(events.map(({ event }) => event?.data)).toEqual([{ $maxCount: 2 }]);
  });

  it('$maxCount shows only the last events', async () => {
    const stream = newStream();
    await store.client.setStreamMetadata(stream, { maxCount: 3 });
    await store.client.appendToStream(stream, count(0, 9));
    expect(await numbersIn(store.client.readStream(stream))).toEqual([7, 8, 9]);
    expect(await numbersIn(store.client.readStream(stream, { direction: BACKWARDS, fromRevision: END }))).toEqual([
      9, 8, 7,
    ]);
  });

  it('$tb hides the events below a revision', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 9));
    await store.client.setStreamMetadata(stream, { truncateBefore: 8 });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([8, 9]);
    expect(await numbersIn(store.client.readStream(stream, { fromRevision: 2n }))).toEqual([8, 9]);
  });

  it('$maxAge hides what is older', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await store.client.setStreamMetadata(stream, { maxAge: 1 });
    await store.client.appendToStream(stream, count(2, 3));
    expect(await numbersIn(store.client.readStream(stream))).toEqual([2, 3]);
  });

  it('written to a deleted stream brings it back, empty', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(0, 2));
    await store.client.deleteStream(stream);
    await store.client.setStreamMetadata(stream, { maxCount: 100 });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([]);
    await store.client.appendToStream(stream, numbered(3));
    expect(await numbersIn(store.client.readStream(stream))).toEqual([3]);
    expect((await store.client.getStreamMetadata(stream)).metadata).toMatchObject({ maxCount: 100, truncateBefore: 3 });
  });
});
