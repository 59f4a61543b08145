import { describe, expect, it } from '@jest/globals';
import { START, binaryEvent } from '@eventstore/db-client';
import { count, eventStore, newStream, take } from './fixture.js';

const linkTo = (stream: string, revision: number) =>
  binaryEvent({ type: '$>', data: Buffer.from(`${revision}@${stream}`) });

describe('a link', () => {
  const store = eventStore();

  const links = async (...revisions: number[]) => {
    const [stream, linking] = [newStream(), newStream()];
    await store.client.appendToStream(stream, count(0, 3));
    await store.client.appendToStream(
      linking,
      revisions.map((revision) => linkTo(stream, revision)),
    );
    return { stream, linking };
  };

  it('comes with the event that it leads to, for who asks for that', async () => {
    const { stream, linking } = await links(2);
    const [resolved] = await take(store.client.readStream(linking, { resolveLinkTos: true }), 1);
    expect(resolved?.event).toMatchObject({ streamId: stream, revision: 2n, data: { n: 2 } });
    expect(resolved?.link).toMatchObject({ streamId: linking, revision: 0n, type: '$>' });
  });

  it('comes as it is, for who does not', async () => {
    const { linking } = await links(2);
    const [resolved] = await take(store.client.readStream(linking), 1);
    expect(resolved?.event).toMatchObject({ streamId: linking, type: '$>' });
    expect(resolved?.link).toBeUndefined();
  });

  it('to what is not there, or not any more, comes alone', async () => {
    const { stream, linking } = await links(1, 9);
    await store.client.setStreamMetadata(stream, { truncateBefore: 2 });
    const read = await take(store.client.readStream(linking, { resolveLinkTos: true }), 2);
    expect(read.map(({ event }) => event)).toEqual([undefined, undefined]);
    expect(read.map(({ link }) => link?.revision)).toEqual([0n, 1n]);
  });

  it('that cannot be read as one comes alone', async () => {
    const linking = newStream();
    await store.client.appendToStream(linking, binaryEvent({ type: '$>', data: Buffer.from('nowhere') }));
    const [resolved] = await take(store.client.readStream(linking, { resolveLinkTos: true }), 1);
    expect(resolved?.event).toBeUndefined();
    expect(resolved?.link?.streamId).toBe(linking);
  });

  it('is resolved in a subscription too, and other events come as ever', async () => {
    const { stream, linking } = await links(3);
    await store.client.appendToStream(linking, count(7, 7));
    const subscription = store.client.subscribeToStream(linking, { fromRevision: START, resolveLinkTos: true });
    const [first, second] = await take(subscription, 2);
    expect(first).toMatchObject({ event: { streamId: stream, data: { n: 3 } }, link: { streamId: linking } });
    expect(second?.event).toMatchObject({ streamId: linking, data: { n: 7 } });
    expect(second?.link).toBeUndefined();
  });
});
