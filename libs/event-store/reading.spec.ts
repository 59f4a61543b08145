import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedEventStore } from '#embedded-eventstore';
import {
  catalogue,
  connectEventStore,
  MalformedEvent,
  sharingSubscription,
  type EventLog,
  type PendingEvent,
  type RecordedEvent,
} from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { pending } from './testing/tally.js';

/** A type of this spec alone: the store may be shared, and what is broken here must not stop others. */
const types = () =>
  catalogue({ Charged: { schema: 2, upcast: { 1: ({ amount }: { amount: number }) => ({ cents: amount * 100 }) } } });

const old: PendingEvent = pending(crypto.randomUUID(), { type: 'Charged', data: { amount: 1 } });
const broken: PendingEvent = { ...old, id: crypto.randomUUID(), metadata: {} as PendingEvent['metadata'] };
const foreign: PendingEvent = { ...broken, id: crypto.randomUUID(), type: 'FromElsewhere', data: { anything: [null] } };

async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  const list: RecordedEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/** The store to run on, which is shared and not empty; where none is given, an embedded one. */
const given = process.env.EVENTSTORE_URL || undefined;
let url: string;
let stopStore = async () => {};
const closing: EventLog[] = [];

beforeAll(async () => {
  if (given) return void (url = given);
  const folder = await mkdtemp(join(tmpdir(), 'docket-reading-'));
  const store = await startEmbeddedEventStore({ folder });
  url = store.url;
  stopStore = async () => {
    await store.stop();
    await rm(folder, { recursive: true });
  };
});
afterEach(async () => {
  for (const log of closing.splice(0)) await log.close();
});
afterAll(() => stopStore());

describe.each<[string, () => EventLog]>([
  ['EventStoreDB', () => connectEventStore({ url, catalogue: types() })],
  ['memory', () => new InMemoryEventLog(types())],
  ['a shared subscription', () => sharingSubscription(new InMemoryEventLog(types()))],
])('a log on %s', (_, open) => {
  async function filled(events: readonly PendingEvent[]) {
    const log = open();
    closing.push(log);
    const stream = `tally-${crypto.randomUUID()}`;
    const after = await log.head();
    await log.append(stream, 'no-stream', events);
    const ofAll = async (options: object) =>
      (await all(log.readAll({ ...options, ...(after !== undefined && { after }) }))).filter(
        (event) => event.stream === stream,
      );
    return { log, stream, ofAll };
  }

  it('gives events as they were written, not as they read today, where that is asked for', async () => {
    const { log, stream, ofAll } = await filled([old, foreign]);
    const written = [old, foreign].map((event, revision) => ({
      ...event,
      stream,
      revision,
      position: expect.any(BigInt),
    }));
    expect(await all(log.read(stream, { asStored: true }))).toEqual(written);
    expect(await ofAll({ asStored: true })).toEqual(written);
    expect(await all(log.read(stream, { asStored: true, direction: 'backwards', max: 1 }))).toEqual([written[1]]);
    for (const today of [await all(log.read(stream)), await ofAll({}), await ofAll({ asStored: false })])
      expect(today[0]).toMatchObject({ data: { cents: 100 }, metadata: { schema: 1 } });
  });

  it('shows also what cannot be understood', async () => {
    const { log, stream } = await filled([broken]);
    await expect(all(log.read(stream))).rejects.toThrow(MalformedEvent);
    expect(await all(log.read(stream, { asStored: true }))).toMatchObject([{ id: broken.id, data: { amount: 1 } }]);
  });

  it('stops reading when it is told to, and can be read again', async () => {
    const { log, stream, ofAll } = await filled(
      Array.from({ length: 50 }, () => ({ ...old, id: crypto.randomUUID() })),
    );
    const end = new AbortController();
    const seen: number[] = [];
    for await (const { revision } of log.read(stream, { signal: end.signal })) {
      seen.push(revision);
      if (revision === 4) end.abort();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(await ofAll({ asStored: true, signal: end.signal })).toEqual([]);
    expect(await ofAll({ asStored: true })).toHaveLength(50);
  });

  it('lets a reading that was told to stop end in peace, though the log was closed meanwhile', async () => {
    const { log } = await filled([old, foreign]);
    const end = new AbortController();
    for await (const { id } of log.readAll({ asStored: true, signal: end.signal })) {
      expect(id).toEqual(expect.any(String));
      end.abort();
      await log.close();
    }
  });
});
