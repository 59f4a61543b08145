/** `npm run bench:rebuild`: the filling of a generation beside what it is bound by, and what readers notice. README.md says how to read it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient, START, excludeSystemEvents } from '@eventstore/db-client';
import type { Collection } from 'mongodb';
import { startEmbeddedEventStore } from '#embedded-eventstore';
import { startEmbeddedMongo } from '#embedded-mongodb';
import { connectEventStore } from '#event-store';
import { docketEvents } from '#process-managers';
import { Generation, Served, connectMongo, createIndexes, fill } from '#read-model';
import { writeLives } from './lives.js';
import { median } from './load.js';
import { startDocket } from './running-docket.js';

const incidents = Number(process.env.INCIDENTS ?? 10_000);
const rounds = Number(process.env.ROUNDS ?? 3);
const atOnce = 1_000;

interface Read {
  readonly reads: number;
  readonly median: number;
  readonly p99: number;
}

const program = join(import.meta.dirname, '../../apps/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'docket-bench-'));
const store = await startEmbeddedEventStore({ folder: join(folder, 'events') });
const events = await writeLives(store.url, incidents);
await filledAtFirst();
await store.stop();

const { child: docket, address, token } = await startDocket(folder);
try {
  const { eventStoreUrl, mongodbUrl } = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as {
    eventStoreUrl: string;
    mongodbUrl: string;
  };
  const log = connectEventStore({ url: eventStoreUrl, catalogue: docketEvents });
  const mongo = await connectMongo(mongodbUrl);
  const served = await Served.open(mongo.db);
  const reader = fork(join(import.meta.dirname, 'reader.js'), [address, token]);
  await once(reader, 'message');
  const readWhile = async (work: () => Promise<unknown>): Promise<Read> => {
    reader.send('begin');
    await work();
    reader.send('end');
    return ((await once(reader, 'message')) as [Read])[0];
  };
  await sleep(3_000); // the compiler

  const found = { subscribed: [] as number[], inserted: [] as number[], filled: [] as number[], whole: [] as number[] };
  const read = { before: [] as Read[], during: [] as Read[] };
  for (let round = 0; round < rounds; round++) {
    found.subscribed.push(events / (await subscribed(eventStoreUrl, events)));
    found.inserted.push(events / (await inserted()));
    await sleep(2_000);
    read.before.push(await readWhile(() => sleep(4_000)));
    let seconds = 0;
    const start = performance.now();
    const during = await readWhile(async () => ({ seconds } = await rebuilt()));
    read.during.push(during);
    found.filled.push(events / seconds);
    found.whole.push(secondsSince(start));
    console.log(
      `round ${round + 1}: filled ${perSecond(found.filled.at(-1)!)}, subscription ${perSecond(found.subscribed.at(-1)!)}, ` +
        `insertMany ${perSecond(found.inserted.at(-1)!)}; a page in ${ms(read.before.at(-1)!.median)} before, ${ms(during.median)} during`,
    );
  }
  reader.kill();

  const [filled, bound] = [median(found.filled), Math.min(median(found.subscribed), median(found.inserted))];
  const page = (reads: readonly Read[]) =>
    [median(reads.map((one) => one.median)), median(reads.map((one) => one.p99))] as const;
  const [before, during] = [page(read.before), page(read.during)];
  console.log(`
${events.toLocaleString('en')} events of ${incidents.toLocaleString('en')} incidents, medians of ${rounds} rounds
filled                     ${perSecond(filled)} events
raw subscription           ${perSecond(median(found.subscribed))} events
insertMany                 ${perSecond(median(found.inserted))} events
ratio to what binds        ${(filled / bound).toFixed(2)}
the whole rebuild          ${median(found.whole).toFixed(1)} s
a page of the queue        ${ms(before[0])}, p99 ${ms(before[1])} before; ${ms(during[0])}, p99 ${ms(during[1])} during: ${(during[0] / before[0]).toFixed(2)} times`);

  await log.close();
  await mongo.close();

  /** The documents that serve, into collections of their own with the same indexes; in seconds. */
  async function inserted(): Promise<number> {
    const scratch = new Generation(mongo.db.client.db('bench'), 1);
    const generation = await served.current();
    await createIndexes(scratch.collections);
    let seconds = 0;
    for (const name of ['incidents', 'entities', 'alerts', 'measuredIncidents'] as const) {
      const documents = await (generation.collections[name] as unknown as Collection).find().toArray();
      const began = performance.now();
      for (let from = 0; from < documents.length; from += atOnce)
        await (scratch.collections[name] as unknown as Collection).insertMany(documents.slice(from, from + atOnce));
      seconds += secondsSince(began);
    }
    await mongo.db.client.db('bench').dropDatabase();
    return seconds;
  }
} finally {
  docket.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** The client alone, in a process that does nothing else now; in seconds. */
async function subscribed(url: string, count: number): Promise<number> {
  const client = EventStoreDBClient.connectionString(url);
  const subscription = client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
  let began = 0;
  let seen = 0;
  for await (const { event } of subscription) {
    if (!event) continue;
    began ||= performance.now();
    if (++seen >= count) break;
  }
  const seconds = secondsSince(began);
  await client.dispose();
  return seconds;
}

/** The first generation, before the docket starts: to have it projected would take longer than all the rest. */
async function filledAtFirst(): Promise<void> {
  const documents = await startEmbeddedMongo({ folder: join(folder, 'documents') });
  const mongo = await connectMongo(documents.url);
  const log = connectEventStore({ url: store.url, catalogue: docketEvents });
  const first = new Generation(mongo.db, 1);
  await createIndexes(first.collections);
  await fill(log, first);
  await log.close();
  await mongo.close();
  await documents.stop();
}

/** By the command; `seconds`: of the filling alone. */
async function rebuilt(): Promise<{ seconds: number }> {
  const command = spawn(process.execPath, [program, 'rebuild', '--json', '--data', folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said, [code]] = await Promise.all([text(command.stdout), once(command, 'close')]);
  if (code !== 0) throw new Error(`The rebuild failed: ${said}`);
  return JSON.parse(said) as { seconds: number };
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1_000;
}
function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}
function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
