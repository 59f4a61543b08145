import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import { dispose, failure, newStream, numbered, numbersIn, temporaryFolder } from '../conformance/fixture.js';
import { serve, started, works, MAIN, type ServerProcess } from './server-process.js';

/** A tmpfs in a mount namespace of the server's own. It goes when the server does. */
const PRIVATE_DISK = ['unshare', '-Urm', 'sh', '-c'];
const mayMount = works(...(PRIVATE_DISK as [string]), 'mount -t tmpfs none /mnt');
const mayTrace = works('strace', '-f', '-e', 'inject=fdatasync:error=EIO:when=999', 'true');

const large = (n: number) => ({ ...numbered(n), data: { n, text: 'x'.repeat(100_000) } });

let folder: string;
let server: ServerProcess | undefined;
let clients: EventStoreDBClient[] = [];

const connect = (url: string) => {
  const client = EventStoreDBClient.connectionString(url);
  clients.push(client);
  return client;
};

afterEach(async () => {
  await Promise.all(clients.map(dispose));
  clients = [];
  const process = server?.process;
  if (process?.exitCode === null && process.signalCode === null) {
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

if (!mayMount) console.warn('Skipped: a full disk, as `unshare -Urm` may not mount a tmpfs here.');
if (!mayTrace) console.warn('Skipped: a disk that fails, as there is no strace here that may trace.');

(mayMount ? describe : describe.skip)('a disk that is full', () => {
  /** The server on a disk of 8 MB, and the file that takes up two of them. */
  async function onSmallDisk(): Promise<{ client: EventStoreDBClient; ballast: string }> {
    folder = temporaryFolder();
    const command = `mount -t tmpfs -o size=8m none "${folder}" && exec "$0" "${MAIN}" --port 0 --data "${folder}"`;
    server = await started([...PRIVATE_DISK, command, process.execPath]);
    const ballast = `/proc/${server.process.pid}/root${folder}/ballast`;
    writeFileSync(ballast, Buffer.alloc(2_000_000, 1));
    return { client: connect(server.url), ballast };
  }

  it('refuses writes, serves reads, and takes writes again when there is room', async () => {
    const { client, ballast } = await onSmallDisk();
    const streams = Array.from({ length: 8 }, newStream);
    const acknowledged = new Map<string, number[]>(streams.map((stream) => [stream, []]));
    const refused = await Promise.all(
      streams.map(async (stream) => {
        for (let n = 0; ; n++) {
          const reason = await client.appendToStream(stream, large(n)).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (reason) return reason;
          acknowledged.get(stream)!.push(n);
        }
      }),
    );
    for (const reason of refused) expect(reason).toMatchObject({ message: expect.stringMatching(/The disk is full/) });

    for (const stream of streams) expect(await numbersIn(client.readStream(stream))).toEqual(acknowledged.get(stream)); // and nothing that was refused
    const late = newStream();
    expect((await failure(client.appendToStream(late, large(0)))).message).toMatch(/The disk is full/);
    expect((await failure(client.appendToStream(late, large(0)))).message).toMatch(/The disk is full/);

    rmSync(ballast);
    for (const stream of streams) {
      const before = acknowledged.get(stream)!;
      const expectedRevision = before.length === 0 ? NO_STREAM : BigInt(before.length - 1);
      await client.appendToStream(stream, numbered(before.length), { expectedRevision });
      expect(await numbersIn(client.readStream(stream))).toEqual([...before, before.length]);
    }
    expect(await client.appendToStream(late, numbered(0))).toMatchObject({ nextExpectedRevision: 0n });
    let position = 0n;
    for await (const { event } of client.readAll()) expect(event!.position.commit).toBe(++position);
    server!.process.kill('SIGTERM');
    expect(await once(server!.process, 'exit')).toEqual([0, null]);
  });

  it('tells both an append and a batch append that it is RESOURCE_EXHAUSTED', async () => {
    const { client } = await onSmallDisk();
    const stream = newStream();
    const fill = async (credentials?: { username: string; password: string }) => {
      for (let n = 0; ; n++) await client.appendToStream(stream, large(n), credentials ? { credentials } : {});
    };
    const batch = await failure(fill());
    const single = await failure(fill({ username: 'admin', password: 'changeit' })); // with these it does not batch
    for (const { message } of [batch, single]) expect(message).toMatch(/nothing of this was stored/);
    expect(single.code).toBe(8);
  });
});

(mayTrace ? it : it.skip)(
  'a disk that fails stops the server, which says why, and loses nothing that was acknowledged',
  async () => {
    folder = temporaryFolder();
    const first = (server = await serve(
      folder,
      'strace',
      '-f',
      '-o',
      '/dev/null',
      '-e',
      'inject=fdatasync:error=EIO:when=20+',
    ));
    const exit = once(first.process, 'exit');
    const client = connect(first.url);
    const stream = newStream();
    let acknowledged = 0;
    const refusal = await failure(
      (async () => {
        for (; ; acknowledged++) await client.appendToStream(stream, numbered(acknowledged));
      })(),
    );
    expect(refusal).toMatchObject({ type: 'unavailable' });
    expect(await exit).toEqual([1, null]);
    expect(first.said()).toMatch(/The event store stopped: /);

    server = await serve(folder);
    const found = await numbersIn(connect(server.url).readStream(stream));
    expect(acknowledged).toBeGreaterThan(0);
    expect(found).toEqual(Array.from({ length: found.length }, (_, n) => n));
    expect(found.length).toBeGreaterThanOrEqual(acknowledged); // what failed may be there or not
  },
);
