/** Many subscriptions at once, some of whose readers are slow: what they cost, and that they are nobody else's concern. */
import { readFileSync, rmSync } from 'node:fs';
import { connect, type ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EventStoreDBClient, START } from '@eventstore/db-client';
import { dispose, newStream, numbered, temporaryFolder } from './conformance/fixture.js';
import { serve, type ServerProcess } from './durability/server-process.js';
import { empty, frame, message } from './protocol/wire.js';

const EVENTS = Number(process.env.EVENTS ?? 40_000);
const FAST = Number(process.env.FAST_READERS ?? 5);
const SLOW = Number(process.env.SLOW_READERS ?? 20);
/** Bytes that the server may hold at most, its program included; the pages of its file are the system's. */
const MOST = 400e6;
const IN_ONE_APPEND = 400;

let folder: string;
let server: ServerProcess;
let client: EventStoreDBClient;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(folder);
  client = EventStoreDBClient.connectionString(server.url);
  const stream = newStream();
  for (let from = 0; from < EVENTS; from += IN_ONE_APPEND)
    await client.appendToStream(
      stream,
      Array.from({ length: IN_ONE_APPEND }, (_, nth) => ({
        ...numbered(from + nth),
        data: { n: from + nth, text: 'x'.repeat(480) },
      })),
    );
}, 600_000);

afterAll(async () => {
  await dispose(client);
  server.process.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** `RssAnon`: what the process holds for itself; `RssFile`: what the system keeps of its files as long as there is room. */
const memory = (kind: 'RssAnon' | 'RssFile'): number =>
  1024 * Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(readFileSync(`/proc/${server.process.pid!}/status`, 'utf8'))![1]);

/** A subscription to `$all` from the start, read as fast as the server sends, and not decoded: so that many can be had. */
class FastReader {
  events = 0;
  private left: Buffer = Buffer.alloc(0);

  constructor(session: ClientHttp2Session) {
    const request = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.streams.Streams/Read',
      'content-type': 'application/grpc',
    });
    request.on('data', (chunk: Buffer) => this.take(chunk));
    request.on('error', () => undefined); // the session is destroyed in the end
    request.end(frame(message(1, message(2, empty(2)), empty(6), empty(8), message(9, empty(2)))));
  }

  private take(chunk: Buffer): void {
    let rest = this.left.length > 0 ? Buffer.concat([this.left, chunk]) : chunk;
    for (
      let end: number;
      rest.length >= 5 && rest.length >= (end = 5 + rest.readUInt32BE(1));
      rest = rest.subarray(end)
    )
      if (rest[5] === 0x0a) this.events += 1; // ReadResp.event
    this.left = rest;
  }
}

it(
  `${FAST} fast and ${SLOW} slow subscriptions to ${EVENTS} events: each has what it can read, and the server a page of each`,
  async () => {
    const address = server.url.replace('esdb', 'http').replace(/\?.*/, '');
    const session = connect(address);
    const slow = EventStoreDBClient.connectionString(server.url);
    const began = performance.now();
    let goesOn = true;
    const read: number[][] = [];
    const slowReaders = Array.from({ length: SLOW }, async () => {
      const numbers: number[] = [];
      read.push(numbers);
      for await (const { event } of slow.subscribeToAll({ fromPosition: START })) {
        if (event?.type === 'Counted') numbers.push((event.data as { n: number }).n);
        for (const end = performance.now() + 1_000; goesOn && performance.now() < end;) await sleep(50);
        if (!goesOn) return;
      }
    });
    const fastReaders = Array.from({ length: FAST }, () => new FastReader(session));
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, memory('RssAnon'))), 100);
    const allHave = async (events: number) => {
      while (fastReaders.some((reader) => reader.events < events)) await sleep(20);
    };
    await allHave(EVENTS + 1); // and the event that a new store begins with
    const caughtUp = performance.now() - began;
    await client.appendToStream(newStream(), numbered(1));
    await allHave(EVENTS + 2);
    await sleep(2_000); // slow ones have read some by then
    goesOn = false;
    await Promise.all(slowReaders);
    clearInterval(watch);

    expect(fastReaders.map(({ events }) => events)).toEqual(Array.from({ length: FAST }, () => EVENTS + 2));
    for (const numbers of read) {
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers).toEqual(Array.from(numbers, (_, n) => n));
    }
    expect(most).toBeLessThan(MOST);
    if (EVENTS >= 1_000_000)
      console.info(
        `At most ${Math.round(most / 1e6)} MB, and ${Math.round(memory('RssFile') / 1e6)} MB of the file in memory; ` +
          `${FAST} had ${EVENTS} events after ${Math.round(caughtUp / 1_000)} s, the slow ones ${Math.max(...read.map(({ length }) => length))}.`,
      );
    session.destroy();
    await dispose(slow);
  },
  60_000 + EVENTS * FAST * 0.05,
);
