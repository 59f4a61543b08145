import { encode } from 'eventsource-encoder';
import { decodedOrUnreadable, isUnreadable } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import { docketEvents } from '#process-managers';
import { historyEntry, incidentIdOf } from '#read-model';

/** What happened to an incident, as everybody who listens gets it: made once, sent to many. */
export interface LiveMessage {
  readonly position: bigint;
  readonly incidentId: string;
  readonly bytes: Buffer;
  /** The incident that this one has become a part of: nothing comes after that. */
  readonly mergedInto?: string;
}

/** Undefined where it is about no incident. One that cannot be understood is shown as such: its place in the history is known. */
export function messageOf(event: RecordedEvent): LiveMessage | undefined {
  if (!event.stream.startsWith(ofIncidents)) return undefined;
  if (isUnreadable(event)) return unreadable(event, event.data.type);
  const incidentId = incidentIdOf(event);
  const happened = event as RecordedEvent<IncidentEvent>;
  try {
    const entry = historyEntry(happened);
    return {
      position: event.position,
      incidentId,
      bytes: bytesOf(entry.kind, event.position, { incidentId, ...entry }),
      ...(happened.type === 'IncidentMerged' && { mergedInto: happened.data.toIncidentId }),
    };
  } catch {
    return unreadable(event, event.type);
  }
}

/** Of an event as it stands in the store. */
export const messageOfStored = (stored: RecordedEvent): LiveMessage | undefined =>
  messageOf(decodedOrUnreadable(docketEvents, stored));

function unreadable(event: RecordedEvent, type: string): LiveMessage {
  const { revision, position } = event;
  const incidentId = incidentIdOf(event);
  const told = { incidentId, revision, position: String(position), type };
  return { position, incidentId, bytes: bytesOf('unreadable', position, told) };
}

const ofIncidents = streams.incident('');

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
