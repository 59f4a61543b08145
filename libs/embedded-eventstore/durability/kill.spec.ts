import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { dispose, newStream, numbered, temporaryFolder } from '../conformance/fixture.js';
import { serve } from './server-process.js';

const KILLS = Number(process.env.KILLS ?? 5);
const WRITERS = 64;

interface Written {
  /** Data of the events that were acknowledged, by stream and revision. */
  acknowledged: Map<string, number>;
  sent: number;
}

/** Appends of three events each, one after the other, until the server is gone. */
async function writeUntilTheEnd(url: string, stream: string, written: Written): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    for (;;) {
      const first = (written.sent += 3);
      const events = [first, first + 1, first + 2].map((n) => numbered(n));
      const { nextExpectedRevision } = await client.appendToStream(stream, events);
      for (const [index, { data }] of events.entries())
        written.acknowledged.set(`${stream}@${nextExpectedRevision - BigInt(2 - index)}`, data.n);
    }
  } catch {
    await dispose(client);
  }
}

it(
  'after kill -9 under load every acknowledged event is there, whole, and no revision is missing',
  async () => {
    const folder = temporaryFolder();
    const streams = Array.from({ length: 6 }, newStream);
    const written: Written = { acknowledged: new Map(), sent: 0 };
    for (let kill = 0; kill < KILLS; kill++) {
      const { process: server, url } = await serve(folder);
      const before = written.acknowledged.size;
      const writers = Array.from({ length: WRITERS }, (_, n) => writeUntilTheEnd(url, streams[n % 6]!, written));
      while (written.acknowledged.size < before + 300) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      server.kill('SIGKILL');
      await Promise.all([once(server, 'exit'), ...writers]);
    }

    const { process: server, url } = await serve(folder);
    const client = EventStoreDBClient.connectionString(url);
    for (const stream of streams) {
      let revision = 0n;
      for await (const { event } of client.readStream(stream)) {
        expect(event!.revision).toBe(revision);
        const { n } = event!.data as { n: number };
        const acknowledged = written.acknowledged.get(`${stream}@${revision}`);
        if (acknowledged !== undefined) expect(n).toBe(acknowledged);
        written.acknowledged.delete(`${stream}@${revision}`);
        revision++;
      }
      expect(revision % 3n).toBe(0n); // no append is torn
    }
    expect([...written.acknowledged.keys()]).toEqual([]);

    let position = 0n;
    for await (const { event } of client.readAll()) expect(event!.position.commit).toBe(++position);
    await dispose(client);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    rmSync(folder, { recursive: true, force: true });
  },
  30_000 + KILLS * 5_000,
);
