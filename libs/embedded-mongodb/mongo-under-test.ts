/** What the semantics tests run against: a real MongoDB when MONGODB_URL names one, else the embedded server. */
import { afterAll, beforeAll } from '@jest/globals';
import { MongoClient, type Db } from 'mongodb';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedMongo, type EmbeddedMongo } from './index.js';

export interface UnderTest {
  readonly url: string;
  readonly client: MongoClient;
  readonly db: Db;
}

export const isEmbedded = process.env['MONGODB_URL'] === undefined;

/** Starts before the tests of a file, and stops after them. */
export function mongoUnderTest(): UnderTest {
  let server: EmbeddedMongo | undefined;
  let folder: string | undefined;
  let url: string;
  let client: MongoClient;
  let db: Db;
  beforeAll(async () => {
    url = process.env['MONGODB_URL'] ?? '';
    if (isEmbedded) {
      folder = mkdtempSync(join(tmpdir(), 'embedded-mongodb-'));
      server = await startEmbeddedMongo({ folder });
      url = server.url;
    }
    client = new MongoClient(url, { writeConcern: { w: 'majority', journal: true } });
    db = client.db(`test_${process.pid}_${Date.now()}`);
  });
  afterAll(async () => {
    await db.dropDatabase();
    await client.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });
  return {
    get url() {
      return url;
    },
    get client() {
      return client;
    },
    get db() {
      return db;
    },
  };
}
