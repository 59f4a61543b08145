import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, type JSONEventData } from '@eventstore/db-client';
import { v4 } from 'uuid';
import { startEmbeddedEventStore, type EmbeddedEventStore } from '../index.js';

/** The server under test: the one at EVENTSTORE_URL, else an embedded one in a folder of its own. */
export const EXTERNAL = process.env.EVENTSTORE_URL;

export interface Fixture {
  client: EventStoreDBClient;
  url: string;
  folder: string;
}

/** Starts the server before the tests of a file and stops it behind them. */
export function eventStore(): Fixture {
  const fixture = {} as Fixture;
  let server: EmbeddedEventStore | undefined;
  beforeAll(async () => {
    fixture.folder = temporaryFolder();
    server = EXTERNAL ? undefined : await startEmbeddedEventStore({ folder: fixture.folder });
    fixture.url = EXTERNAL ?? server?.url ?? '';
    fixture.client = EventStoreDBClient.connectionString(fixture.url);
  });
  afterAll(async () => {
    await dispose(fixture.client);
    await server?.stop();
    rmSync(fixture.folder, { recursive: true, force: true });
  });
  return fixture;
}

/** `dispose` of 6.2.1 waits for ever for a read that was broken off after the server had sent all of it. */
export async function dispose(client: EventStoreDBClient): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  await Promise.race([client.dispose(), new Promise((resolve) => (patience = setTimeout(resolve, 500)))]);
  clearTimeout(patience);
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'event-store-'));

export const newStream = () => `test-${v4()}`;

export type Numbered = { type: string; data: { n: number } };

export const numbered = (n: number, type = 'Counted', id = v4()): JSONEventData<Numbered> =>
  jsonEvent<Numbered>({ id, type, data: { n } });

export const count = (from: number, to: number, type = 'Counted') =>
  Array.from({ length: to - from + 1 }, (_, index) => numbered(from + index, type));

interface Resolved {
  event?: { data: unknown };
}

/** The numbers in the events of a read. */
export async function numbersIn(events: AsyncIterable<Resolved>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { event } of events) numbers.push((event?.data as { n: number }).n);
  return numbers;
}

/** The first events of a subscription, which is then left. */
export async function take<T>(events: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

/** What a promise rejects with. */
export async function failure<E = Error & { type?: string; code?: number }>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise;
  } catch (error) {
    return error as E;
  }
  throw new Error('It was expected to fail.');
}

export async function drain(events: AsyncIterable<unknown>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  while (!(await iterator.next()).done);
}
