import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { dispose, newStream, numbered, temporaryFolder } from '../conformance/fixture.js';
import { startEmbeddedEventStore, verifyEmbeddedEventStore } from '../index.js';
import type { Change, Finding } from './damage-victim.js';

const CHANGES = Number(process.env.CHANGES ?? 120);
const VICTIM = fileURLToPath(
  new URL('../../../dist/libs/embedded-eventstore/durability/damage-victim.js', import.meta.url),
);

/** Where the two pages are that say where the trees begin, in bytes: page 0 and page 1, of which the rest is unused. */
const META_PAGES = [0, 4096].flatMap((page) => Array.from({ length: 176 }, (_, byte) => page + byte));

async function aStore(): Promise<{ folder: string; streams: string[] }> {
  const folder = temporaryFolder();
  const store = await startEmbeddedEventStore({ folder });
  const client = EventStoreDBClient.connectionString(store.url);
  const streams = Array.from({ length: 20 }, newStream);
  for (let round = 0; round < 15; round++)
    await Promise.all(streams.map((stream, n) => client.appendToStream(stream, [numbered(n), numbered(round)])));
  await client.tombstoneStream(streams[0]!);
  await client.setStreamMetadata(streams[1]!, { maxCount: 3 });
  await client.appendToStream(streams[2]!, { ...numbered(1), data: { n: 1, text: 'x'.repeat(20_000) } });
  await dispose(client);
  await store.stop();
  return { folder, streams };
}

/** How each change comes to light. A change at which the victim crashes is found: a crash is not silent. */
async function findings(pristine: string, streams: string[], changes: Change[]): Promise<(Finding | 'by a crash')[]> {
  const found: (Finding | 'by a crash')[] = [];
  for (let failures = 0; found.length < changes.length;) {
    const first = found.length;
    const victim = fork(VICTIM, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const said = text(victim.stderr!);
    victim.on('message', (message: { index: number; finding?: Finding }) => {
      found[message.index] = message.finding ?? 'by a crash';
    });
    victim.send({ pristine, streams, changes, first });
    const [code] = (await once(victim, 'close')) as [number | null];
    // It may have died so fast that not even the number of the change came across. That is no finding: once more.
    failures = found.length === first ? failures + 1 : 0;
    if (failures === 3) throw new Error(`The victim ended with ${code} before change ${first}: ${await said}`);
    for (const index of [first, found.length - 1])
      rmSync(`${pristine}-damaged-${index}`, { recursive: true, force: true });
  }
  return found;
}

it(
  'a byte that is changed in the file is found, or without effect; it is never served as if nothing had happened',
  async () => {
    const { folder, streams } = await aStore();
    expect(await verifyEmbeddedEventStore(folder)).toMatchObject({ problems: [] });
    const size = statSync(join(folder, 'data.mdb')).size;
    const xor = () => 1 + Math.floor(Math.random() * 255);
    const anywhere = () => Math.floor(Math.random() * size);
    const inMetaPages = () => META_PAGES[Math.floor(Math.random() * META_PAGES.length)]!;
    const changes = Array.from({ length: CHANGES }, (_, n) => ({
      offset: n % 10 === 0 ? inMetaPages() : anywhere(),
      xor: xor(),
    }));
    const found = await findings(folder, streams, changes);
    const served = changes.filter((_, n) => found[n] === 'SERVED');
    const counts = Object.fromEntries(
      [...new Set(found)].map((how) => [how, found.filter((one) => one === how).length]),
    );
    if (process.env.CHANGES) console.log(`${CHANGES} changes in ${size} bytes:`, counts);
    expect(served).toEqual([]);
    expect(found.length).toBe(CHANGES);
    rmSync(folder, { recursive: true, force: true });
  },
  60_000 + CHANGES * 200,
);
