import { isUnreadable } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { schemas, streams } from '#incidents';
import type { AlertEvent, IncidentEvent } from '#incidents';

const ofIncidents = streams.incident('');
const ofAlerts = streams.alert('');

export const isIncidentEvent = (event: RecordedEvent): event is RecordedEvent<IncidentEvent> =>
  event.stream.startsWith(ofIncidents);

export const isAlertEvent = (event: RecordedEvent): event is RecordedEvent<AlertEvent> =>
  event.stream.startsWith(ofAlerts);

export const incidentIdOf = (event: { readonly stream: string }): string => event.stream.slice(ofIncidents.length);

/** What a stream of an incident or an alert is about. */
export const idOfStream = (stream: string): { readonly kind: 'incident' | 'alert'; readonly id: string } =>
  stream.startsWith(ofIncidents)
    ? { kind: 'incident', id: stream.slice(ofIncidents.length) }
    : { kind: 'alert', id: stream.slice(ofAlerts.length) };

/**
 * Throws where an event cannot be decoded, and where a known event has a schema that this Docket does not know yet: to guess at its meaning would be worse than to stop.
 * Types that nobody here knows are another matter: nothing here speaks of them.
 */
export function assertReadable(event: RecordedEvent): void {
  if (isUnreadable(event)) throw new Error(event.data.why);
  const known = (schemas as Readonly<Record<string, number>>)[event.type];
  if (known !== undefined && event.metadata.schema > known)
    throw new Error(
      `Event ${event.revision} of ${event.stream} is ${event.type} of schema ${event.metadata.schema}, and ${known} is known here: ` +
        'run the version of Docket that wrote it, or a later one',
    );
}

/** Whether its schema is one that is known here. */
export function isKnown({ type, metadata }: RecordedEvent): boolean {
  return metadata.schema <= ((schemas as Readonly<Record<string, number>>)[type] ?? Infinity);
}
