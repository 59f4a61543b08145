import type { EventLog } from '#event-store';
import { streams } from '#incidents';
import { messageOfStored } from './messages.js';
import type { LiveMessage } from './messages.js';

export interface Missed {
  readonly incidentId?: string | undefined;
  /** The position behind which it begins. */
  readonly after: bigint;
  readonly signal: AbortSignal;
}

/** What happened up to now, from the log itself; of one incident from its own stream. Throws StoreUnavailable, StoreRefused. */
export async function* missed(log: EventLog, { incidentId, after, signal }: Missed): AsyncGenerator<LiveMessage> {
  const events =
    incidentId === undefined
      ? log.readAll({ after, signal, asStored: true })
      : log.read(streams.incident(incidentId), {
          from: await firstAfter(log, streams.incident(incidentId), after),
          signal,
          asStored: true,
        });
  for await (const stored of events) {
    const message = messageOfStored(stored);
    if (message) yield message;
  }
}

/** Whoever comes again has missed little: looked for from the end. */
async function firstAfter(log: EventLog, stream: string, after: bigint): Promise<number> {
  for await (const { position, revision } of log.read(stream, { direction: 'backwards', asStored: true }))
    if (position <= after) return revision + 1;
  return 0;
}

/** What happened last to an incident; undefined where there is none. Throws as `missed` does. */
export async function lastOf(log: EventLog, incidentId: string): Promise<LiveMessage | undefined> {
  const backwards = { direction: 'backwards', max: 1, asStored: true } as const;
  for await (const stored of log.read(streams.incident(incidentId), backwards)) return messageOfStored(stored);
  return undefined;
}
