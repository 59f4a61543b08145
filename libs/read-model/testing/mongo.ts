import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedMongo } from '#embedded-mongodb';
import type { Db } from 'mongodb';
import { collectionsOf, connectMongo } from '../collections.js';
import type { Collections } from '../collections.js';
import { createIndexes } from '../indexes.js';

export interface TestDatabase {
  readonly db: Db;
  readonly stop: () => Promise<void>;
}

/** An empty database: on the server that MONGODB_URL names, else on an embedded one in a folder of its own. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const given = process.env.MONGODB_URL || undefined;
  const folder = await mkdtemp(join(tmpdir(), 'docket-read-model-'));
  const server = given === undefined ? await startEmbeddedMongo({ folder }) : undefined;
  const mongo = await connectMongo(given ?? server!.url);
  const db = mongo.db.client.db(`docket-test-${process.pid}-${Date.now()}-${randomBytes(3).toString('hex')}`);
  return {
    db,
    async stop() {
      await db.dropDatabase();
      await mongo.close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The empty collections of the read model with their indexes, in a database of their own. */
export async function startTestCollections(): Promise<TestDatabase & { readonly collections: Collections }> {
  const { db, stop } = await startTestDatabase();
  const collections = collectionsOf(db, 1);
  await createIndexes(collections);
  return { db, stop, collections };
}
