/**
 * The embedded MongoDB beside what it could cost at least, in turns: a page of the queue beside the driver's ping and the decoding of its rows,
 * a guarded bulk replace beside a bare LMDB transaction that writes the same keys. See README.md.
 */
import { BSON } from 'bson';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { collectionsOf, connectMongo } from '#read-model';
import type { Filter, Sort } from 'mongodb';
import type { StoredIncident } from '../../libs/read-model/queue/incident-search.js';
import { createIndexes } from '../../libs/read-model/indexes.js';
import { storedIncident } from './mongo-incidents.js';
import { SameKeys } from './same-keys.js';

const sizes = (process.env.SIZES ?? '100000').split(',').map(Number);
const rounds = Number(process.env.ROUNDS ?? 60);
const page = 50;
const bulk = 1_000;
/** MiB: with more JavaScript on its heap the server ends, and the benchmark with it. */
const heap = 200;

const newest: Sort = { lastUpdateDateTime: -1, number: -1 };
/** As the queue asks: there is always a status. */
const queues: Record<string, Filter<StoredIncident>> = {
  'all but redirected': { status: { $in: ['active', 'inProgress', 'resolved'] } },
  'not resolved': { status: { $in: ['active', 'inProgress'] } },
  'of one analyst': { assignedTo: { $eq: 'analyst7' }, status: { $in: ['active', 'inProgress', 'resolved'] } },
  'not resolved, high': { status: { $in: ['active', 'inProgress'] }, severityRank: { $eq: 4 } },
};

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Medians of both, and of their ratio turn by turn. */
async function inTurns(n: number, one: (turn: number) => Promise<number>, other: (turn: number) => Promise<number>) {
  const pairs: [number, number][] = [];
  for (let turn = 0; turn < n; turn++) pairs.push([await one(turn), await other(turn)]);
  return {
    one: median(pairs.map(([time]) => time)),
    other: median(pairs.map(([, time]) => time)),
    ratio: median(pairs.map(([time, bound]) => time / bound)),
  };
}

const ms = (time: number): string => `${time.toFixed(2)} ms`;

async function measure(size: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'docket-bench-mongo-'));
  const program = join(import.meta.dirname, '../../libs/embedded-mongodb/main.js');
  const server = spawn(
    process.execPath,
    [`--max-old-space-size=${heap}`, program, '--port', '0', '--data', join(folder, 'mongo')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [url] = (await once(createInterface(server.stdout), 'line')) as [string];
  const mongo = await connectMongo(url);
  const raw = new SameKeys(join(folder, 'raw'));
  try {
    const collections = collectionsOf(mongo.db, 1);
    const { incidents } = collections;
    await createIndexes(collections);
    raw.indexed(await incidents.indexes());
    const filling = await timed(async () => {
      for (let at = 0; at < size; at += bulk) {
        const documents = Array.from({ length: Math.min(bulk, size - at) }, (_, i) => storedIncident(at + i, 0));
        await incidents.insertMany(documents);
        await raw.insert(documents);
      }
    });
    console.log(`${size} incidents, written to both in ${(filling / 1_000).toFixed(0)} s`);

    for (const [name, filter] of Object.entries(queues)) {
      const find = () => incidents.find(filter, { sort: newest, limit: page }).toArray();
      const rows = (await find()).map((row) => BSON.serialize(row));
      const least = async () => {
        await mongo.db.command({ ping: 1 });
        for (const row of rows) BSON.deserialize(row, { useBigInt64: true });
      };
      const { one, other, ratio } = await inTurns(
        5 * rounds,
        () => timed(find),
        () => timed(least),
      );
      console.log(
        `queue, ${name}: ${rows.length} rows in ${ms(one)}; ping and decoding ${ms(other)}; ${ratio.toFixed(2)}×`,
      );
    }

    const changed = (turn: number) => {
      const first = (turn * 7_919) % size;
      return Array.from({ length: bulk }, (_, i) => storedIncident((first + i * 31) % size, turn + 1));
    };
    const replace = (turn: number) => {
      const operations = changed(turn).map((replacement) => ({
        replaceOne: {
          filter: { _id: replacement._id, position: { $lt: replacement.position } },
          replacement,
          upsert: true,
        },
      }));
      return timed(() => incidents.bulkWrite(operations, { ordered: false }));
    };
    const bare = async (turn: number) => {
      const writes = raw.writesOf(changed(turn));
      return timed(() => raw.write(writes));
    };
    const { one, other, ratio } = await inTurns(Math.ceil(rounds / 3), replace, bare);
    console.log(`guarded replace of ${bulk}: ${ms(one)}; the same keys in LMDB ${ms(other)}; ${ratio.toFixed(2)}×`);

    for (const [name, filter] of Object.entries(queues)) {
      const times: number[] = [];
      let n = 0;
      for (let turn = 0; turn < rounds / 6; turn++)
        times.push(await timed(async () => (n = await incidents.countDocuments(filter, { limit: 10_001 }))));
      console.log(`count up to 10,001, ${name}: ${n} in ${ms(median(times))}`);
    }
    if (server.exitCode !== null) throw new Error(`the server ended, with more than ${heap} MiB on its heap?`);
    console.log(`the server's JavaScript heap was kept below ${heap} MiB`);
  } finally {
    await mongo.close();
    await raw.close();
    server.kill('SIGTERM');
    await once(server, 'exit');
    rmSync(folder, { recursive: true });
  }
}

for (const size of sizes) await measure(size);
