import { describe, expect, it } from '@jest/globals';
import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { count, eventStore, failure, newStream, numbered, numbersIn } from './fixture.js';

describe('a repeated append', () => {
  const store = eventStore();
  const append = (...args: Parameters<typeof store.client.appendToStream>) => store.client.appendToStream(...args);

  it('that expects no stream gets the first answer and writes nothing', async () => {
    const stream = newStream();
    const events = count(1, 3);
    const first = await append(stream, events, { expectedRevision: NO_STREAM });
    const again = await append(stream, events, { expectedRevision: NO_STREAM });
    expect(again).toEqual(first);
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 2, 3]);
  });

  it('is recognised although later events stand behind it', async () => {
    const stream = newStream();
    const events = count(1, 2);
    const first = await append(stream, events, { expectedRevision: NO_STREAM });
    await append(stream, count(3, 9), { expectedRevision: 1n });
    expect(await append(stream, events, { expectedRevision: NO_STREAM })).toEqual(first);
    expect(await numbersIn(store.client.readStream(stream))).toHaveLength(9);
  });

  it('that expects a revision is recognised at exactly that place', async () => {
    const stream = newStream();
    await append(stream, numbered(1));
    const events = count(2, 3);
    const first = await append(stream, events, { expectedRevision: 0n });
    expect(await append(stream, events, { expectedRevision: 0n })).toEqual(first);
  });

  it('at another place is a conflict', async () => {
    const stream = newStream();
    const event = numbered(1);
    await append(stream, event, { expectedRevision: NO_STREAM });
    await append(stream, count(2, 3), { expectedRevision: 0n });
    expect(await failure(append(stream, event, { expectedRevision: 0n }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
  });

  it('is written a second time where the expected revision is the current one', async () => {
    const stream = newStream();
    const event = numbered(1);
    await append(stream, event, { expectedRevision: NO_STREAM });
    await append(stream, event, { expectedRevision: 0n });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 1]);
  });

  it.each([ANY, STREAM_EXISTS] as const)('that expects %s is recognised by its ids', async (expectedRevision) => {
    const stream = newStream();
    await append(stream, numbered(0));
    const events = count(1, 2);
    const first = await append(stream, events, { expectedRevision });
    expect(await append(stream, events, { expectedRevision })).toEqual(first);
    expect(await numbersIn(store.client.readStream(stream))).toEqual([0, 1, 2]);
  });

  it('to another stream is a new append', async () => {
    const [one, other] = [newStream(), newStream()];
    const event = numbered(1);
    await append(one, event, { expectedRevision: ANY });
    await append(other, event, { expectedRevision: ANY });
    expect(await numbersIn(store.client.readStream(other))).toEqual([1]);
  });

  it('with one more event is a conflict', async () => {
    const stream = newStream();
    const events = count(1, 2);
    await append(stream, events, { expectedRevision: NO_STREAM });
    const longer = append(stream, [...events, numbered(3)], { expectedRevision: NO_STREAM });
    expect(await failure(longer)).toMatchObject({ type: 'wrong-expected-version' });
    const mixed = append(stream, [events[0]!, numbered(4)], { expectedRevision: ANY });
    expect(await failure(mixed)).toMatchObject({ type: 'wrong-expected-version' });
  });

  it('with its first events only is recognised', async () => {
    const stream = newStream();
    const events = count(1, 3);
    await append(stream, events, { expectedRevision: NO_STREAM });
    const { nextExpectedRevision } = await append(stream, events.slice(0, 2), { expectedRevision: NO_STREAM });
    expect(nextExpectedRevision).toBe(1n);
  });

  it('that overtakes the first, still unanswered, is written once', async () => {
    const stream = newStream();
    const event = numbered(1);
    const twins = await Promise.all([1, 2, 3].map(() => append(stream, event, { expectedRevision: NO_STREAM })));
    expect(new Set(twins.map(({ position }) => position?.commit)).size).toBe(1);
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1]);
  });
});
