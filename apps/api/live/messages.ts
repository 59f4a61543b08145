import { encode } from 'eventsource-encoder';
import type { RecordedEvent } from '#event-store';
import { docketEvents } from '#process-managers';
import { historyEntry, incidentIdOf, isIncidentEvent } from '#read-model';

/** What happened to an incident, as everybody who listens gets it: made once, sent to many. */
export interface LiveMessage {
  readonly position: bigint;
  readonly incidentId: string;
  readonly bytes: Buffer;
  /** The incident that this one has become a part of: nothing comes after that. */
  readonly mergedInto?: string;
}

/** Undefined where it is about no incident. */
export function messageOf(event: RecordedEvent): LiveMessage | undefined {
  if (!isIncidentEvent(event)) return undefined;
  const incidentId = incidentIdOf(event);
  try {
    const entry = historyEntry(event);
    return {
      position: event.position,
      incidentId,
      bytes: bytesOf(entry.kind, event.position, { incidentId, ...entry }),
      ...(event.type === 'IncidentMerged' && { mergedInto: event.data.toIncidentId }),
    };
  } catch {
    return unreadable(event);
  }
}

/** Of an event as it stands in the store. One that cannot be understood is shown as such: its place in the history is known. */
export function messageOfStored(stored: RecordedEvent): LiveMessage | undefined {
  const event = decoded(stored);
  return event ? messageOf(event) : isIncidentEvent(stored) ? unreadable(stored) : undefined;
}

/** Undefined where it cannot be understood. */
export function decoded(stored: RecordedEvent): RecordedEvent | undefined {
  try {
    return docketEvents.decode(stored);
  } catch {
    return undefined;
  }
}

function unreadable(event: Pick<RecordedEvent, 'stream' | 'revision' | 'position' | 'type'>): LiveMessage {
  const { revision, position, type } = event;
  const incidentId = incidentIdOf(event);
  const told = { incidentId, revision, position: String(position), type };
  return { position, incidentId, bytes: bytesOf('unreadable', position, told) };
}

/** How long a client waits before it comes again. Milliseconds. */
const retry = 1_000;

/** The first of a stream: everything after `position` comes behind it. */
export const beginning = (position: bigint): Buffer =>
  Buffer.from(encode({ event: 'position', id: String(position), retry, data: json({ position: String(position) }) }));

export type Ending =
  | { readonly because: 'stopping' | 'token-expired' }
  | { readonly because: 'merged'; readonly redirectIncidentId: string };

/** The last of a stream, where there is time for one. */
export const ending = (position: bigint, why: Ending): Buffer => bytesOf('end', position, why);

/** A comment, which clients pass over. */
export const heartbeat = Buffer.from(encode({ comment: 'heartbeat' }));

const bytesOf = (event: string, position: bigint, data: object): Buffer =>
  Buffer.from(encode({ event, id: String(position), data: json(data) }));

const json = (data: object): string => JSON.stringify(data);
