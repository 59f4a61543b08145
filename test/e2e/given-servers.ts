import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { MongoClient } from 'mongodb';

/** The servers that the tests are to run on. They are shared and not empty; where one is not given, tests start an embedded one. */
export const given = {
  eventStoreUrl: process.env.EVENTSTORE_URL || undefined,
  mongodbUrl: process.env.MONGODB_URL || undefined,
};

/** Tests of what only embedded stores can show. On given servers they are skipped, which jest keeps to itself, so this says it. */
export function describeEmbedded(name: string, why: string, tests: () => void): void {
  if (!(given.eventStoreUrl ?? given.mongodbUrl)) return void describe(name, tests);
  process.stderr.write(`skipped on given servers: ${name} (${why})\n`);
  describe.skip(name, tests);
}

export interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database on a MongoDB that others use too; made by whoever first writes to it. With credentials, the URL names its `authSource`. */
export function ownDatabase(serverUrl: string): OwnDatabase {
  const name = `docket-test-${process.pid}-${Date.now()}-${randomBytes(3).toString('hex')}`;
  const url = serverUrl.replace(/^([^:]+:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);
  return {
    url,
    async drop() {
      const client = new MongoClient(url);
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
