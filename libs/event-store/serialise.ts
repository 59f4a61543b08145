import { NotSerialisable } from './errors.js';
import type { PendingEvent } from './event-log.js';

/** In bytes. The real server takes 1 MiB with its own overhead; what fits here fits there. */
export const APPEND_LIMIT = 900 * 1024;

/** An event as the client takes it: its metadata already are bytes; its data it will stringify once more, which cannot fail then. */
export interface SerialisedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: 'application/json';
  readonly data: Record<string, unknown>;
  readonly metadata: Uint8Array;
}

export interface SerialisedAppend {
  /** What the append weighs. */
  readonly bytes: number;
  readonly messages: SerialisedEvent[];
}

/** Id, type and framing of an event on the wire, generously. */
const ENVELOPE = 128;
const utf8 = new TextEncoder();

/** Throws NotSerialisable; the client itself would never answer (a BigInt, a cycle). */
export function serialise(stream: string, events: readonly PendingEvent[]): SerialisedAppend {
  let bytes = 0;
  const messages = events.map((event): SerialisedEvent => {
    const { id, type, data } = event;
    const metadata = utf8.encode(stringify(stream, event, 'metadata'));
    bytes += Buffer.byteLength(stringify(stream, event, 'data')) + metadata.length + Buffer.byteLength(type) + ENVELOPE;
    return { id, type, contentType: 'application/json', data: data as Record<string, unknown>, metadata };
  });
  return { bytes, messages };
}

function stringify(stream: string, event: PendingEvent, part: 'data' | 'metadata'): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(event[part]);
  } catch (cause) {
    throw new NotSerialisable(stream, event.type, part, cause);
  }
  if (!json?.startsWith('{')) throw new NotSerialisable(stream, event.type, part, 'it is not an object');
  return json;
}
