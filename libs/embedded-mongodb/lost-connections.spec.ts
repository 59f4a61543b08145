/** Clients whose connections the server ends, as one that stops in order does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTcpProxy } from '../event-store/testing/tcp-proxy.js';
import { startEmbeddedMongo, type EmbeddedMongo } from './index.js';

let folder: string;
let server: EmbeddedMongo;
let cable: Awaited<ReturnType<typeof startTcpProxy>>;
let client: MongoClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
  server = await startEmbeddedMongo({ folder });
  cable = await startTcpProxy(server.port);
  const url = `mongodb://127.0.0.1:${cable.port}/?directConnection=true`;
  client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 });
});
afterAll(async () => {
  await client.close();
  await cable.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('a client', () => {
  it('is told by the server how it is, without asking again and again', async () => {
    const awaited = new Promise((resolve) =>
      client.on('serverHeartbeatStarted', (beat) => beat.awaited && resolve('awaited')),
    );
    await client.connect();
    expect(await awaited).toBe('awaited');
  });

  // A driver that has to ask waits for ever for the answer to a question that it asks on a connection that is just being closed.
  it('finds the server again, however often it loses its connections', async () => {
    const visits = client.db('test').collection('visits');
    const visit = () => visits.updateOne({ name: 'kim' }, { $inc: { times: 1 } }, { upsert: true });
    let open = true;
    const busy = Array.from({ length: 20 }, async () => {
      while (open) await visit().catch(() => sleep(20));
    });
    for (let times = 0; times < 12; times++) {
      await visit();
      await sleep(600);
      cable.cut();
      await visit().catch(() => undefined);
    }
    await visit();
    open = false;
    await Promise.all(busy);
  }, 60_000);
});
