import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults, START } from '@eventstore/db-client';
import {
  count,
  dispose,
  drain,
  failure,
  newStream,
  numbered,
  numbersIn,
  temporaryFolder,
} from './conformance/fixture.js';
import { startEmbeddedEventStore, type EmbeddedEventStore } from './index.js';
import { frame, message, text, uint } from './protocol/wire.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = temporaryFolder();
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function start(path = folder()): Promise<{ store: EmbeddedEventStore; client: EventStoreDBClient }> {
  const store = await startEmbeddedEventStore({ folder: path });
  cleanups.push(() => store.stop());
  return { store, client: client(store.url) };
}

function client(url: string): EventStoreDBClient {
  const client = EventStoreDBClient.connectionString(url);
  cleanups.push(() => dispose(client));
  return client;
}

describe('the embedded event store', () => {
  it('has all events, streams and revisions again after a restart', async () => {
    const path = folder();
    const stream = newStream();
    const first = await start(path);
    await first.client.appendToStream(stream, count(0, 9));
    await first.store.stop();
    const second = await start(path);
    expect(await numbersIn(second.client.readStream(stream))).toHaveLength(10);
    const append = second.client.appendToStream(stream, numbered(10), { expectedRevision: 8n });
    expect(await failure(append)).toMatchObject({ type: 'wrong-expected-version', actualVersion: 9n });
    const { nextExpectedRevision } = await second.client.appendToStream(stream, numbered(10), { expectedRevision: 9n });
    expect(nextExpectedRevision).toBe(10n);
  });

  it('recognises a repeated append after a restart', async () => {
    const path = folder();
    const stream = newStream();
    const events = count(1, 3);
    const first = await start(path);
    const answer = await first.client.appendToStream(stream, events, { expectedRevision: 'no_stream' });
    await first.store.stop();
    const second = await start(path);
    expect(await second.client.appendToStream(stream, events, { expectedRevision: 'no_stream' })).toEqual(answer);
  });

  it('refuses a folder that another store has, and names the process', async () => {
    const path = folder();
    await start(path);
    expect((await failure(startEmbeddedEventStore({ folder: path }))).message).toMatch(
      new RegExp(`in use by process ${process.pid}\\. Stop that process`),
    );
  });

  it('refuses a port that is taken', async () => {
    const { store } = await start();
    const second = startEmbeddedEventStore({ folder: folder(), port: store.port });
    expect((await failure(second)).message).toMatch(/Port \d+ is in use\. Choose another/);
  });

  it('is found by a client that asks the cluster for its leader', async () => {
    const { store } = await start();
    const discovering = client(`esdb+discover://127.0.0.1:${store.port}?tls=false`);
    const stream = newStream();
    await discovering.appendToStream(stream, numbered(1));
    expect(await numbersIn(discovering.readStream(stream))).toEqual([1]);
  });

  it('names what it does not support', async () => {
    const { client } = await start();
    const settings = persistentSubscriptionToStreamSettingsFromDefaults();
    const error = await failure(client.createPersistentSubscriptionToStream('stream', 'group', settings));
    expect(error.code).toBe(12);
    expect(error.message).toMatch(/does not support .*PersistentSubscriptions\/Create/);
  });

  it('ends its subscriptions with an error when it stops', async () => {
    const { store, client } = await start();
    const subscription = client.subscribeToAll({ fromPosition: START });
    const end = failure(drain(subscription));
    await once(subscription, 'caughtUp');
    await store.stop();
    expect(await end).toMatchObject({ type: 'unavailable' });
  });

  it('answers what it has accepted before it stops', async () => {
    const path = folder();
    const { store, client } = await start(path);
    const stream = newStream();
    await client.appendToStream(stream, numbered(0));
    const appends = count(1, 50).map((event) => client.appendToStream(stream, event));
    await store.stop();
    const acknowledged = (await Promise.allSettled(appends)).filter(({ status }) => status === 'fulfilled').length;
    const again = await start(path);
    expect((await numbersIn(again.client.readStream(stream))).length).toBeGreaterThanOrEqual(acknowledged + 1);
  });
});

describe('a damaged record', () => {
  /** Changes one byte of the event whose data holds `needle`, wherever the file has it. */
  function damage(path: string, needle: string): void {
    const file = join(path, 'data.mdb');
    const bytes = readFileSync(file);
    let found = 0;
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1), found++) bytes[at]! ^= 1;
    expect(found).toBeGreaterThan(0);
    writeFileSync(file, bytes);
  }

  it('is never served: reads end in front of it, with an error', async () => {
    const path = folder();
    const stream = newStream();
    const first = await start(path);
    for (let n = 0; n < 5; n++) await first.client.appendToStream(stream, numbered(n, n === 3 ? 'Needle' : 'Counted'));
    await first.store.stop();
    damage(path, 'Needle');

    const { client } = await start(path);
    for (const read of [client.readStream(stream), client.readAll()]) {
      const seen: unknown[] = [];
      const error = await failure(
        (async () => {
          for await (const { event } of read) seen.push(event);
        })(),
      );
      expect(error.code).toBe(15);
      expect(error.message).toMatch(/position 5 is damaged/);
      expect(
        JSON.stringify(seen, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      ).not.toMatch(/eedle/);
    }
  });

  it('at the end of the log is found when the store starts', async () => {
    const path = folder();
    const first = await start(path);
    await first.client.appendToStream(newStream(), numbered(1, 'Needle'));
    await first.store.stop();
    damage(path, 'Needle');
    expect((await failure(startEmbeddedEventStore({ folder: path }))).message).toMatch(/is damaged/);
  });
});

describe('on the wire', () => {
  async function session(): Promise<ClientHttp2Session> {
    const { store, client } = await start();
    await client.appendToStream('seed', numbered(1, 'Seeded', '00000000-0000-4000-8000-00000000abcd'));
    for (let n = 0; n < 40; n++)
      await client.appendToStream('bulk', { ...numbered(n), data: { n, text: 'x'.repeat(500_000) } });
    const session = connect(`http://127.0.0.1:${store.port}`);
    cleanups.push(() => session.destroy());
    return session;
  }
  const call = (session: ClientHttp2Session, path: string, body: Buffer) => {
    const request = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    request.end(body);
    return request;
  };
  const READ = '/event_store.client.streams.Streams/Read';
  const readAll = (...options: Buffer[]) => frame(message(1, message(2, message(2)), ...options));
  const readStream = (name: string, ...options: Buffer[]) =>
    frame(message(1, message(1, message(1, text(3, name)), message(3)), ...options));

  it('ids are two numbers for a client that asks for that', async () => {
    const request = call(await session(), READ, readStream('seed', uint(5, 10), message(9, message(1))));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = Buffer.concat(chunks);
    expect(answer.readUInt32BE(1)).toBe(answer.length - 5);
    const half = (field: number, value: bigint) => {
      const varint = [field * 8];
      for (; value > 127n; value >>= 7n) varint.push(Number(value & 127n) | 128);
      return Buffer.from([...varint, Number(value)]);
    };
    const id = message(1, message(1, half(1, 0x4000n), half(2, 0x800000000000abcdn)));
    expect(answer.includes(id)).toBe(true);
    expect(answer.includes('00000000-0000')).toBe(false);
  });

  it.each([
    ['bytes that are no message', frame(Buffer.from([0xff, 0xff])), '3'],
    ['a message that is cut off', frame(Buffer.from([0x0a, 0x7f, 0x00])), '3'],
    ['a read of nothing', frame(message(1)), '3'],
    ['a regular expression that is none', readAll(uint(5, 1), message(7, message(2, text(1, '(')), uint(5, 1))), '3'],
    ['a compressed message', Buffer.from([1, 0, 0, 0, 0]), '12'],
    ['a message that claims 4 GB', Buffer.from([0, 255, 255, 255, 255]), '8'],
    ['no message', Buffer.alloc(0), '13'],
  ])('%s is answered with a status, and the server goes on', async (_what, body, status) => {
    const { store, client } = await start();
    const session = connect(`http://127.0.0.1:${store.port}`);
    cleanups.push(() => session.destroy());
    const request = call(session, READ, body);
    const [headers] = (await once(request, 'response')) as [Record<string, string>];
    expect(headers['grpc-status']).toBe(status);
    await client.appendToStream('after', numbered(1));
    expect(await numbersIn(client.readStream('after'))).toEqual([1]);
  });

  it('readers that do not read cost the server a page each, not the whole store', async () => {
    const open = await session();
    const before = process.memoryUsage().rss;
    const requests = Array.from({ length: 20 }, () => call(open, READ, readAll(uint(5, 1_000_000))));
    await Promise.all(requests.map((request) => once(request, 'response')));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000); // what they asked for are 400 MB
    let received = 0;
    requests[0]!.on('data', (chunk: Buffer) => (received += chunk.length));
    await once(requests[0]!, 'end');
    expect(received).toBeGreaterThan(20_000_000);
  });
});
