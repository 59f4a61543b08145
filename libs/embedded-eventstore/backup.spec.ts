import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { count, dispose, failure, numbered, numbersIn, temporaryFolder } from './conformance/fixture.js';
import { askForCopy } from './copy-request.js';
import { MAIN, serve, works, type ServerProcess } from './durability/server-process.js';
import { mayOpenSlowly, openingSlowly } from '../folder-lock/testing/slow-opening.js';
import { backupEmbeddedEventStore, startEmbeddedEventStore } from './index.js';
import { LastPosition } from './storage/last-position.js';

const WRITERS = 64;
const mayMount = works('unshare', '-Urm', 'sh', '-c', 'mount -t tmpfs none /mnt');
if (!mayMount) console.warn('Skipped: a disk without room, as `unshare -Urm` may not mount a tmpfs here.');
if (!mayOpenSlowly)
  console.warn('Skipped: a backup that takes its time to begin, as there is no strace here that may trace.');

let folder: string;
const inFolder = (name: string) => join(folder, name);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers of the events in the copy's streams, by the stream's name. */
async function numbersOf(copy: string, streams: readonly string[]): Promise<number[][]> {
  const store = await startEmbeddedEventStore({ folder: copy });
  const client = EventStoreDBClient.connectionString(store.url);
  try {
    return await Promise.all(streams.map((stream) => numbersIn(client.readStream(stream))));
  } finally {
    await dispose(client);
    await store.stop();
  }
}

describe('a backup', () => {
  describe('of a store that is written to', () => {
    let server: ServerProcess;
    let client: EventStoreDBClient;
    let acknowledged: number[];
    let goesOn: boolean;
    let writers: Promise<void>[];
    const streams = Array.from({ length: WRITERS }, (_, nth) => `stream-${nth}`);

    beforeEach(async () => {
      server = await serve(inFolder('store'));
      client = EventStoreDBClient.connectionString(server.url);
      acknowledged = streams.map(() => 0);
      goesOn = true;
      writers = streams.map(async (stream, nth) => {
        for (let n = 0; goesOn; n++) {
          await client.appendToStream(stream, numbered(n), { expectedRevision: n === 0 ? 'no_stream' : BigInt(n - 1) });
          acknowledged[nth] = n + 1;
        }
      });
      while (Math.min(...acknowledged) < 10) await sleep(10);
    });
    afterEach(async () => {
      goesOn = false;
      await Promise.all(writers);
      await dispose(client);
      server.process.kill('SIGTERM');
      await once(server.process, 'exit');
    });

    it('has all that was acknowledged before, without a gap, and the store goes on', async () => {
      const before = [...acknowledged];
      const { events, streams: copied } = await backupEmbeddedEventStore(inFolder('store'), inFolder('copy'));
      const after = [...acknowledged];
      const numbers = await numbersOf(inFolder('copy'), streams);
      for (const [nth, found] of numbers.entries()) {
        expect(found).toEqual(Array.from(found, (_, n) => n));
        expect(found.length).toBeGreaterThanOrEqual(before[nth]!);
        expect(found.length).toBeLessThanOrEqual(after[nth]! + 1); // one may be on disk and not acknowledged yet
        expect(after[nth]).toBeGreaterThan(before[nth]!);
      }
      expect(events).toBe(1 + numbers.flat().length); // and the one that a new store begins with
      expect(copied).toBe(1 + WRITERS);
    }, 30_000);

    it('that is killed leaves nothing with the name of one, and can be made again', async () => {
      for (const wait of [40, 120, 200]) {
        const backup = spawn(process.execPath, [MAIN, 'backup', '--data', inFolder('store'), '--to', inFolder('copy')]);
        await sleep(wait);
        backup.kill('SIGKILL');
        const [, signal] = (await once(backup, 'exit')) as [number | null, string | null];
        expect([signal, existsSync(inFolder('copy'))]).toEqual(['SIGKILL', false]);
      }
      const before = [...acknowledged];
      await backupEmbeddedEventStore(inFolder('store'), inFolder('copy'));
      const numbers = await numbersOf(inFolder('copy'), streams);
      for (const [nth, found] of numbers.entries()) expect(found.length).toBeGreaterThanOrEqual(before[nth]!);
      expect(readdirSync(folder).sort()).toEqual(['copy', 'store']);
    }, 30_000);
  });

  it('is made only for those who may read the folder', async () => {
    const store = await startEmbeddedEventStore({ folder: inFolder('store') });
    mkdirSync(inFolder('theirs'));
    const stranger = { pid: process.pid, started: '', contact: { port: store.port, secret: 'guessed' } };
    const { message } = await failure(askForCopy(stranger, inFolder('theirs')));
    await store.stop();
    expect(message).toMatch(/only for those who may read the folder/);
    expect(readdirSync(inFolder('theirs'))).toEqual([]);
  });

  (mayOpenSlowly ? it : it.skip)(
    'loses nothing of what a store writes while the backup takes its time to begin',
    async () => {
      const server = await serve(inFolder('store'));
      const client = EventStoreDBClient.connectionString(server.url);
      let n = 0;
      const append = async () => client.appendToStream('counted', numbered(n++));
      for (const copy of ['first', 'second']) {
        const command = [process.execPath, MAIN, 'backup', '--data', inFolder('store'), '--to', inFolder(copy)];
        const backup = openingSlowly(command);
        while (backup.exitCode === null) await append().then(() => sleep(5)); // LMDB is at rest in between
        expect(backup.exitCode).toBe(0);
      }
      await append();
      await dispose(client);
      server.process.kill('SIGTERM');
      expect(await once(server.process, 'exit')).toEqual([0, null]);
      const [found] = await numbersOf(inFolder('store'), ['counted']);
      expect(found).toEqual(Array.from({ length: n }, (_, nth) => nth));
    },
    30_000,
  );

  describe('of a store that is stopped', () => {
    beforeEach(async () => {
      const store = await startEmbeddedEventStore({ folder: inFolder('store') });
      const client = EventStoreDBClient.connectionString(store.url);
      await client.appendToStream('counted', count(1, 20));
      await dispose(client);
      await store.stop();
    });
    const backup = (...args: string[]) => spawnSync(process.execPath, [MAIN, 'backup', ...args]);

    it('is made by the command, which says what is in it', async () => {
      const { status, stdout } = backup('--data', inFolder('store'), '--to', inFolder('copy'));
      expect([status, stdout.toString()]).toEqual([0, `21 events in 2 streams, copied to ${inFolder('copy')}\n`]);
      expect(await numbersOf(inFolder('copy'), ['counted'])).toEqual([Array.from({ length: 20 }, (_, n) => n + 1)]);
    });

    it('goes on as a store of its own', async () => {
      await backupEmbeddedEventStore(inFolder('store'), inFolder('copy'));
      const store = await startEmbeddedEventStore({ folder: inFolder('copy') });
      const client = EventStoreDBClient.connectionString(store.url);
      await client.appendToStream('counted', numbered(21), { expectedRevision: 19n });
      await dispose(client);
      await store.stop();
      expect((await numbersOf(inFolder('copy'), ['counted']))[0]).toHaveLength(21);
      expect((await numbersOf(inFolder('store'), ['counted']))[0]).toHaveLength(20);
    });

    it.each([
      ['a folder without a store', 'none', 'copy', /There is no event store in/],
      ["the store's own folder", 'store', 'store', /in the store's own folder\. Choose a folder beside it/],
      ['a folder in that of the store', 'store', 'store/copy', /in the store's own folder/],
      ['a folder with something in it', 'store', 'full', /is not empty\. Choose a folder that is not there yet/],
    ])('refuses %s', async (_what, from, to, said) => {
      mkdirSync(inFolder('full'));
      writeFileSync(inFolder('full/letter'), 'mine');
      expect((await failure(backupEmbeddedEventStore(inFolder(from), inFolder(to)))).message).toMatch(said);
      expect(existsSync(inFolder('copy'))).toBe(false);
    });

    it('refuses a store whose end is gone', async () => {
      const ahead = new LastPosition(inFolder('store'));
      ahead.write(999);
      ahead.close();
      const error = await failure(backupEmbeddedEventStore(inFolder('store'), inFolder('copy')));
      expect(error.message).toMatch(/The copy is not whole: The log ends at position 21/);
      expect(readdirSync(folder)).toEqual(['store']);
    });

    (mayMount ? it : it.skip)('refuses a disk without room, before it is full', () => {
      mkdirSync(inFolder('disk'));
      const script = 'mount -t tmpfs -o size=512k none "$0" && exec "$@"';
      const command = [process.execPath, MAIN, 'backup', '--data', inFolder('store'), '--to', inFolder('disk/copy')];
      const { status, stderr } = spawnSync('unshare', ['-Urm', 'sh', '-c', script, inFolder('disk'), ...command]);
      expect([status, stderr.toString()]).toEqual([
        1,
        expect.stringMatching(/The copy needs \d+ kB, and \d+ kB are free in .*Make room/),
      ]);
    });

    it('asks for --to', () => {
      const { status, stderr } = backup('--data', inFolder('store'));
      expect([status, stderr.toString()]).toEqual([1, expect.stringMatching(/--to <folder>/)]);
    });
  });
});
