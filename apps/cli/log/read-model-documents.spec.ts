import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startEmbeddedMongo } from '#embedded-mongodb';
import { readSettings } from '#platform';
import { noteRunning } from '../start/running.js';
import { reachReadModel } from './read-model-documents.js';

let folder: string;
let mongo: Awaited<ReturnType<typeof startEmbeddedMongo>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-read-model-'));
  mongo = await startEmbeddedMongo({ folder: join(folder, 'documents') });
  const stores = { eventStoreUrl: 'esdb://127.0.0.1:1', mongodbUrl: mongo.url };
  noteRunning(folder, { pid: process.pid, url: 'http://127.0.0.1:1', ...stores });
});
afterEach(async () => {
  await mongo.stop();
  rmSync(folder, { recursive: true });
});

it('a log is compared with the read model of the docket that runs on it, never with that of another log', async () => {
  const settings = readSettings({ DOCKET_DATA: folder });
  const found = await reachReadModel(settings, 'esdb://127.0.0.1:1');
  expect(await found?.shownUpTo()).toEqual({ incidents: undefined, alerts: undefined });
  await found?.close();
  expect(await reachReadModel(settings, 'esdb://127.0.0.1:2')).toBeUndefined();
  const copy = readSettings({ DOCKET_DATA: folder, EVENTSTORE_URL: 'esdb://127.0.0.1:2' });
  expect(await reachReadModel(copy, 'esdb://127.0.0.1:2')).toBeUndefined();
});
