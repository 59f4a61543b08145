/** While a scan goes on, the driver's monitor stays connected and others are answered. */
import { describe, expect, it } from '@jest/globals';
import { MongoClient, type Document } from 'mongodb';
import { mongoUnderTest } from './mongo-under-test.js';

/** How long the scan takes, more or less. */
const SECONDS = Number(process.env['SCAN_SECONDS'] ?? 2);
const DOCUMENTS = 5_000;

describe('during a long scan', () => {
  const mongo = mongoUnderTest();

  it(
    `of ${SECONDS} s the monitor stays connected, and pings are answered`,
    async () => {
      const client = new MongoClient(mongo.url, { heartbeatFrequencyMS: 500 });
      const troubles: string[] = [];
      let heartbeats = 0;
      client.on('serverHeartbeatSucceeded', () => heartbeats++);
      client.on('serverHeartbeatFailed', ({ failure }) => troubles.push(failure.message));
      client.on('connectionPoolCleared', () => troubles.push('the pool was cleared'));
      client.on('connectionClosed', ({ reason }) => troubles.push(`a connection was closed: ${reason}`));
      const db = client.db(mongo.db.databaseName);
      const collection = db.collection<Document & { _id: number }>('scanned');
      await collection.insertMany(
        Array.from({ length: DOCUMENTS }, (_, _id) => ({ _id, a: _id, text: 'x'.repeat(200) })),
      );

      const scan = async (alternatives: number): Promise<number> => {
        const began = performance.now();
        const filter = { $or: Array.from({ length: alternatives }, (_, i) => ({ a: -1 - i })) };
        expect(await collection.find(filter).toArray()).toEqual([]);
        return performance.now() - began;
      };
      await scan(50);
      const pace = (await scan(250)) / 250;
      heartbeats = 0;

      let scanning = true;
      let slowest = 0;
      const pings = (async () => {
        while (scanning) {
          const began = performance.now();
          await db.command({ ping: 1 });
          slowest = Math.max(slowest, performance.now() - began);
        }
      })();
      const took = await scan(Math.ceil((SECONDS * 1_000) / pace));
      scanning = false;
      await pings;
      expect(troubles).toEqual([]);
      expect(heartbeats).toBeGreaterThan(took / 1_500);
      expect(slowest).toBeLessThan(1_000);
      await client.close();
    },
    120_000 + 4_000 * SECONDS,
  );
});
