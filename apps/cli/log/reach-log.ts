import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { auditEvents } from '#audit';
import { startEmbeddedEventStore } from '#embedded-eventstore';
import { connectEventStore } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import type { Settings } from '#platform';
import { docketEvents } from '#process-managers';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { findRunning } from '../start/running.js';

export interface ReachedLog {
  readonly log: EventLog;
  /** Which log it is, in words. */
  readonly of: string;
  /** Where others can reach the store for as long as this is open. */
  readonly url: string;
  /** Resolves with the reason when a store that was opened for this dies. */
  readonly failed?: Promise<Error>;
  close(): Promise<void>;
}

/**
 * The log that the settings mean: of the store that EVENTSTORE_URL names, else of the docket that runs on the data folder, else of the
 * folder itself, whose store is then opened for as long as the command takes. A folder never has two writers: its lock sees to that.
 * Throws Refusal where there is no log.
 */
export async function reachLog({ dataFolder, eventStoreUrl }: Settings): Promise<ReachedLog> {
  if (eventStoreUrl !== undefined) return connected(eventStoreUrl, `the event store ${placeOf(eventStoreUrl)}`);
  const running = findRunning(dataFolder);
  if (running) return connected(running.eventStoreUrl, `the docket that runs on ${dataFolder}`);
  const folder = join(dataFolder, 'events');
  if (!existsSync(folder))
    throw new Refusal(
      `There is no log in ${dataFolder}: name the data folder with --data or DOCKET_DATA, or a store with EVENTSTORE_URL`,
    );
  return opened(folder, `the data folder ${dataFolder}`);
}

export function connected(url: string, of: string): ReachedLog {
  const log = connectEventStore({ url, catalogue: docketEvents });
  return { log, of, url, close: () => log.close() };
}

/** Opens the embedded store of a folder, which is made where it is missing. Throws Refusal where somebody else has it. */
export async function opened(folder: string, of: string): Promise<ReachedLog> {
  const store = await startEmbeddedEventStore({ folder }).catch((error: Error) => {
    throw new Refusal(error.message, undefined, { cause: error });
  });
  const reached = connected(store.url, of);
  return {
    ...reached,
    failed: store.failed,
    async close() {
      await reached.close();
      await store.stop();
    },
  };
}

/** A log up to its head, as stored. Throws Refusal where the store ends before it, and says nothing of an error. */
export async function* eventsUpTo(log: EventLog, head: bigint | undefined): AsyncGenerator<RecordedEvent> {
  const events = auditEvents(log, { upTo: head ?? 0n });
  yield* events;
  if (events.position < (head ?? 0n))
    throw new Refusal(
      `The store gave its events up to position ${events.position} only, and has them up to ${head}: try again`,
      exitCodes.unavailable,
    );
}

/** A connection string without what nobody may see: the credentials. */
export const placeOf = (url: string): string => url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
