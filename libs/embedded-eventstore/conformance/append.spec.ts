import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  binaryEvent,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { v4 } from 'uuid';
import { count, eventStore, failure, newStream, numbered, numbersIn, take } from './fixture.js';

/** With credentials for a single call the client uses Append, else BatchAppend. */
const waysToAppend = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

describe.each(waysToAppend)('an append by %s', (_way, options) => {
  const store = eventStore();

  it('answers with the revision of its last event', async () => {
    const stream = newStream();
    const first = await store.client.appendToStream(stream, count(1, 3), options);
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 2n });
    const second = await store.client.appendToStream(stream, numbered(4), options);
    expect(second.nextExpectedRevision).toBe(3n);
  });

  it('answers with the position at which $all has its last event', async () => {
    const stream = newStream();
    const { position } = await store.client.appendToStream(stream, count(1, 2), options);
    const [last] = await take(store.client.readAll({ fromPosition: position!, maxCount: 1 }), 1);
    expect(last?.event).toMatchObject({ streamId: stream, revision: 1n, position });
  });

  it('gives later appends higher positions', async () => {
    const first = await store.client.appendToStream(newStream(), numbered(1), options);
    const second = await store.client.appendToStream(newStream(), numbered(1), options);
    expect(second.position!.commit).toBeGreaterThan(first.position!.commit);
  });

  it('begins a stream that must not exist', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, numbered(1), { expectedRevision: NO_STREAM, ...options });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1]);
  });

  it('refuses to begin a stream that exists', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(1, 2), options);
    const append = store.client.appendToStream(stream, numbered(3), { expectedRevision: NO_STREAM, ...options });
    const error = await failure<WrongExpectedVersionError>(append);
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ streamName: stream, expectedVersion: 'no_stream', actualVersion: 1n });
  });

  it('goes on behind the expected revision', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(1, 2), options);
    await store.client.appendToStream(stream, numbered(3), { expectedRevision: 1n, ...options });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 2, 3]);
  });

  it.each([0n, 7n])('refuses the expected revision %s of a stream that is at 1', async (expectedRevision) => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(1, 2), options);
    const append = store.client.appendToStream(stream, numbered(3), { expectedRevision, ...options });
    const error = await failure<WrongExpectedVersionError>(append);
    expect(error).toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: expectedRevision,
      actualVersion: 1n,
    });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 2]);
  });

  it('refuses an expected revision where there is no stream', async () => {
    const append = store.client.appendToStream(newStream(), numbered(1), { expectedRevision: 0n, ...options });
    expect(await failure(append)).toMatchObject({ expectedVersion: 0n, actualVersion: 'no_stream' });
  });

  it('that expects any stream is taken whether there is one or not', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, numbered(1), { expectedRevision: ANY, ...options });
    await store.client.appendToStream(stream, numbered(2), { expectedRevision: ANY, ...options });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 2]);
  });

  it('that expects the stream to exist is refused before, taken after its first event', async () => {
    const stream = newStream();
    const tooEarly = store.client.appendToStream(stream, numbered(1), { expectedRevision: STREAM_EXISTS, ...options });
    expect(await failure(tooEarly)).toMatchObject({ expectedVersion: 'stream_exists', actualVersion: 'no_stream' });
    await store.client.appendToStream(stream, numbered(1), options);
    await store.client.appendToStream(stream, numbered(2), { expectedRevision: STREAM_EXISTS, ...options });
    expect(await numbersIn(store.client.readStream(stream))).toEqual([1, 2]);
  });

  it('of no events changes nothing', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, count(1, 2), options);
    const { nextExpectedRevision } = await store.client.appendToStream(stream, [], options);
    expect(nextExpectedRevision).toBe(1n);
  });

  it('of 1 MiB and more is refused, and the limit is named', async () => {
    const stream = newStream();
    const event = binaryEvent({ type: 'Large', data: Buffer.alloc(1024 * 1024) });
    const error = await failure<MaxAppendSizeExceededError>(store.client.appendToStream(stream, event, options));
    expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
    expect(error.maxAppendSize).toBe(1024 * 1024);
    expect(await failure(numbersIn(store.client.readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  it('of a little less than 1 MiB is read back byte for byte', async () => {
    const stream = newStream();
    const data = Buffer.alloc(1024 * 1024 - 100);
    for (let at = 0; at < data.length; at++) data[at] = at % 251;
    await store.client.appendToStream(stream, binaryEvent({ type: 'Large', data }), options);
    const [read] = await take(store.client.readStream(stream), 1);
    expect(Buffer.compare(read!.event!.data as Uint8Array, data)).toBe(0);
  });

  it('counts the sizes of its events together against the limit', async () => {
    const events = Array.from({ length: 3 }, () => binaryEvent({ type: 'Large', data: Buffer.alloc(400_000) }));
    expect(await failure(store.client.appendToStream(newStream(), events, options))).toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
  });

  it('keeps id, type, data and metadata as they were sent', async () => {
    const stream = newStream();
    const id = v4();
    const event = jsonEvent({
      id,
      type: 'Ünïcode 🚨 happened',
      data: { text: 'naïve 🚨', list: [1, null, { a: true }] },
      metadata: { $correlationId: 'c-1', actor: { name: 'Zoë' } },
    });
    const before = Date.now();
    await store.client.appendToStream(stream, event, options);
    const [read] = await take(store.client.readStream(stream), 1);
    const { type, data, metadata } = event;
    expect(read!.event).toMatchObject({ id, type, data, metadata, streamId: stream, revision: 0n, isJson: true });
    expect(Math.abs(read!.event!.created.getTime() - before)).toBeLessThan(60_000);
  });

  it('keeps binary data and binary metadata', async () => {
    const stream = newStream();
    const event = binaryEvent({ type: 'Raw', data: Buffer.from([0, 255, 1]), metadata: new Uint8Array([9, 0, 9]) });
    await store.client.appendToStream(stream, event, options);
    const [read] = await take(store.client.readStream(stream), 1);
    expect(read!.event!.isJson).toBe(false);
    expect([...(read!.event!.data as Uint8Array)]).toEqual([0, 255, 1]);
    expect([...(read!.event!.metadata as Uint8Array)]).toEqual([9, 0, 9]);
  });

  it('takes stream names in any script, and reads them back', async () => {
    const stream = `${newStream()}-été-警报`;
    await store.client.appendToStream(stream, numbered(1), options);
    const [read] = await take(store.client.readStream(stream), 1);
    expect(read!.event!.streamId).toBe(stream);
  });
});

describe('appends', () => {
  const store = eventStore();

  it('whose deadline has passed are refused as such and are not written', async () => {
    const stream = newStream();
    const error = await failure(store.client.appendToStream(stream, numbered(1), { deadline: -1_000 }));
    expect(error).toMatchObject({ type: 'deadline-exceeded' });
    expect(await failure(numbersIn(store.client.readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  it('that are sent in several messages are one append', async () => {
    const stream = newStream();
    const events = Array.from({ length: 30 }, (_, n) => numbered(n));
    await store.client.appendToStream(stream, events, { batchAppendSize: 300, expectedRevision: NO_STREAM });
    expect(await numbersIn(store.client.readStream(stream))).toHaveLength(30);
  });

  it('of many writers to one stream are all there, each once, in a row', async () => {
    const stream = newStream();
    await Promise.all(count(1, 300).map((event) => store.client.appendToStream(stream, event)));
    const numbers = await numbersIn(store.client.readStream(stream));
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
  });

  it('of two writers that expect the same revision: one is taken, one refused', async () => {
    const stream = newStream();
    await store.client.appendToStream(stream, numbered(1));
    const options = { expectedRevision: 0n };
    const results = await Promise.allSettled(
      [2, 3].map((n) => store.client.appendToStream(stream, numbered(n), options)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await numbersIn(store.client.readStream(stream))).toHaveLength(2);
  });

  it('that are refused do not disturb the others on the same connection', async () => {
    const stream = newStream();
    const results = await Promise.allSettled(
      count(0, 99).map((event, n) =>
        store.client.appendToStream(`${stream}-${n}`, event, { expectedRevision: n % 2 ? NO_STREAM : 5n }),
      ),
    );
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(50);
    for (const [n, { status }] of results.entries()) expect(status).toBe(n % 2 ? 'fulfilled' : 'rejected');
  });

  it('with an id that is no UUID, or to $all, are refused with the reason', async () => {
    const wrongId = store.client.appendToStream(newStream(), numbered(1, 'Counted', 'not-a-uuid'));
    expect((await failure(wrongId)).message).toMatch(/not-a-uuid/);
    expect((await failure(store.client.appendToStream('$all', numbered(1)))).message).toMatch(/\$all/);
  });

  it('of a client that does not throw are answered with success: false', async () => {
    const client = EventStoreDBClient.connectionString(`${store.url}&throwOnAppendFailure=false`);
    const stream = newStream();
    await client.appendToStream(stream, count(1, 3));
    const result = await client.appendToStream(stream, numbered(4), { expectedRevision: NO_STREAM });
    expect(result.success).toBe(false);
    await client.dispose();
  });
});
