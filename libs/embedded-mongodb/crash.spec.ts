/** Killed in the middle of writes, the server has everything it acknowledged, and its indexes agree with its documents. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoClient, type AnyBulkWriteOperation, type Document } from 'mongodb';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mayOpenSlowly, openingSlowly } from '../folder-lock/testing/slow-opening.js';
import { startEmbeddedMongo } from './index.js';

type Doc = Document & { _id: number; version: number };
const KILLS = Number(process.env['CRASH_KILLS'] ?? 6);
const DOCUMENTS = 400;
const main = fileURLToPath(new URL('../../dist/libs/embedded-mongodb/main.js', import.meta.url));

if (!mayOpenSlowly)
  console.warn('Skipped: a server that opens its folder slowly, as there is no strace here that may trace.');

/** A test that fails leaves its server running, and who waits for the end of all output would wait for ever. */
const started = new Set<ChildProcess>();
afterEach(() => started.forEach((child) => child.kill('SIGKILL')));

async function start(folder: string, port = 0): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main, '--port', String(port), '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, url };
}

describe('a server that is killed', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-crash-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it(
    `has all that it acknowledged, ${KILLS} times`,
    async () => {
      /** The last version of each document that was acknowledged, and the last that was sent. */
      const acknowledged = new Map<number, number>();
      const sent = new Map<number, number>();
      let version = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const { child, url } = await start(folder);
        const client = new MongoClient(url, {
          writeConcern: { w: 'majority', journal: true },
          retryWrites: false,
          serverSelectionTimeoutMS: 500,
        });
        const collection = client.db('crash').collection<Doc>('documents');
        await collection.createIndexes([
          { key: { version: -1 } },
          { key: { tags: 1, version: 1 } },
          { key: { owner: 1 }, unique: true },
        ]);
        let killed = false;
        const writer = async (lane: number): Promise<void> => {
          while (!killed) {
            const next = ++version;
            const ids = Array.from({ length: 20 }, (_, i) => lane + 4 * ((next + i * 7) % (DOCUMENTS / 4)));
            for (const _id of ids) sent.set(_id, next);
            const writes = ids.map((_id): AnyBulkWriteOperation<Doc> => {
              const replacement = { version: next, owner: `${_id}-${next % 3}`, tags: [`t${next % 5}`, `d${_id % 3}`] };
              return {
                replaceOne: { filter: { _id, version: { $lt: next } }, replacement, upsert: !acknowledged.has(_id) },
              };
            });
            try {
              await collection.bulkWrite(writes, { ordered: false });
              for (const _id of ids) acknowledged.set(_id, next);
            } catch {
              if (!killed) throw new Error('a write failed before the kill');
            }
          }
        };
        const writers = [0, 1, 2, 3].map(writer);
        await setTimeout(150 + 37 * kill);
        killed = true;
        child.kill('SIGKILL');
        await Promise.all([...writers, once(child, 'exit')]);
        await client.close();

        const server = await startEmbeddedMongo({ folder });
        const reader = new MongoClient(server.url);
        const db = reader.db('crash');
        expect(await db.command({ validate: 'documents' })).toMatchObject({ valid: true, errors: [] });
        const found = new Map(
          (await db.collection<Doc>('documents').find().toArray()).map(({ _id, version }) => [_id, version]),
        );
        for (const [_id, version] of acknowledged) expect(found.get(_id)).toBeGreaterThanOrEqual(version);
        for (const [_id, version] of found) {
          expect(version).toBeLessThanOrEqual(sent.get(_id)!);
          acknowledged.set(_id, version);
        }
        await reader.close();
        await server.stop();
      }
      expect(acknowledged.size).toBeGreaterThan(DOCUMENTS / 2);
    },
    120_000 + 10_000 * KILLS,
  );
});

describe('a server that is killed and started again on its port', () => {
  it('lets a client go on without a restart of its own, each increment done once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-again-'));
    let server = await start(folder, 0);
    const port = Number(new URL(server.url).port);
    const client = new MongoClient(server.url, { writeConcern: { w: 'majority' }, serverSelectionTimeoutMS: 10_000 });
    const collection = client.db('x').collection<Doc>('counters');
    await collection.insertOne({ _id: 1, version: 0 });
    let done = 0;
    let unknown = 0;
    let working = true;
    const writer = (async () => {
      while (working)
        await collection.updateOne({ _id: 1 }, { $inc: { version: 1 } }).then(
          () => done++,
          () => unknown++,
        );
    })();
    const moreAreDone = async () => {
      for (const before = done; done < before + 5;) await setTimeout(10);
    };
    for (let restart = 0; restart < 3; restart++) {
      await moreAreDone();
      server.child.kill('SIGKILL');
      await once(server.child, 'exit');
      server = await start(folder, port);
    }
    await moreAreDone();
    working = false;
    await writer;
    const { version } = (await collection.findOne({ _id: 1 }))!;
    expect(version).toBeGreaterThanOrEqual(done);
    expect(version).toBeLessThanOrEqual(done + unknown);
    await client.close();
    server.child.kill('SIGTERM');
    await once(server.child, 'exit');
    rmSync(folder, { recursive: true });
  }, 60_000);
});

describe('a server', () => {
  it('does not open a folder that another one has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-lock-'));
    const { child } = await start(folder);
    await expect(startEmbeddedMongo({ folder })).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const server = await startEmbeddedMongo({ folder });
    await expect(startEmbeddedMongo({ folder })).rejects.toThrow('in use');
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  (mayOpenSlowly ? it : it.skip)(
    'loses nothing while another one tries to open its folder, and takes its time',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-lock-'));
      const { child, url } = await start(folder);
      const client = new MongoClient(url);
      const numbers = client.db('test').collection<{ _id: number }>('numbers');
      let written = 0;
      for (let times = 0; times < 2; times++) {
        const other = openingSlowly([process.execPath, main, '--port', '0', '--data', folder]);
        while (other.exitCode === null) {
          await numbers.insertOne({ _id: written++ });
          await setTimeout(5); // LMDB is at rest in between
        }
        expect(other.exitCode).toBe(1);
      }
      await client.close();
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      const server = await startEmbeddedMongo({ folder });
      const again = new MongoClient(server.url);
      expect(await again.db('test').collection('numbers').countDocuments()).toBe(written);
      const found = await again.db('test').collection<{ _id: number }>('numbers').find().sort({ _id: 1 }).toArray();
      expect(found.map(({ _id }) => _id)).toEqual(Array.from({ length: written }, (_, n) => n));
      await again.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
    60_000,
  );

  it('does not listen on a port that is taken, and gives its folder free', async () => {
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'embedded-mongodb-port-')));
    const server = await startEmbeddedMongo({ folder: folders[0]! });
    await expect(startEmbeddedMongo({ folder: folders[1]!, port: server.port })).rejects.toThrow('EADDRINUSE');
    await (await startEmbeddedMongo({ folder: folders[1]! })).stop();
    await server.stop();
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('keeps its documents and indexes over a restart, and clears what was dropped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-restart-'));
    const first = await startEmbeddedMongo({ folder });
    const client = new MongoClient(first.url);
    const names = ['kept', 'dropped'].map((name) => client.db('x').collection<Doc>(name));
    for (const collection of names) {
      await collection.createIndex({ tags: 1 }, { unique: false });
      await collection.insertMany(
        Array.from({ length: 5_000 }, (_, _id) => ({ _id, version: 1, tags: [_id % 7, 'x'] })),
      );
    }
    await names[1]!.drop();
    await client.close();
    await first.stop();
    await first.stop();
    const second = await startEmbeddedMongo({ folder });
    const again = new MongoClient(second.url);
    expect(await again.db('x').collection('kept').countDocuments({ tags: 3 })).toBe(714);
    expect(await again.db('x').command({ validate: 'kept' })).toMatchObject({
      valid: true,
      nrecords: 5_000,
      nIndexes: 2,
    });
    expect((await again.db('x').listCollections().toArray()).map(({ name }) => name)).toEqual(['kept']);
    await again.close();
    await second.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);
});
