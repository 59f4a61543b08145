import type { Command } from './decider.js';
import type { DomainEvent, EventMetadata } from './event.js';
import type { PendingEvent } from './event-log.js';
import { eventId } from './identifiers.js';

/** Where and when a command writes an event: as its `index`-th (from 0) to `stream`. `at`: ISO 8601, see `later`. */
export interface Writing {
  readonly stream: string;
  readonly index: number;
  readonly at: string;
  readonly schema: number;
}

/** An event as a command writes it: under an id that can be computed again, with who, why and when. */
export function pendingEvent(command: Command, { type, data }: DomainEvent, writing: Writing): PendingEvent {
  const { id: $causationId, correlationId: $correlationId, actor, bodyHash } = command;
  const { stream, index, at, schema } = writing;
  const metadata: EventMetadata = { $correlationId, $causationId, actor, at, schema };
  return {
    id: eventId(command, stream, index),
    type,
    data,
    metadata: bodyHash === undefined ? metadata : { ...metadata, bodyHash },
  };
}

/** When something happens that may not happen before `before`: clocks go back, streams do not. ISO 8601. */
export function later(now: Date, before: string | undefined): string {
  const at = now.toISOString();
  return before !== undefined && before > at ? before : at;
}
