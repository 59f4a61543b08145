import { isUnreadable } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { schemas } from '#incidents';

/** Whether an event that came by a subscription can be acted on: it could be decoded, and no later Docket wrote it in a schema of its own. */
export const isReadable = (event: RecordedEvent): boolean =>
  !isUnreadable(event) &&
  !(event.metadata.schema > ((schemas as Readonly<Record<string, number>>)[event.type] ?? Infinity));

/** The type that it has in the log, readable or not. */
export const typeOf = (event: RecordedEvent): string => (isUnreadable(event) ? event.data.type : event.type);

/** For messages. */
export const whyUnreadable = (event: RecordedEvent): string =>
  isUnreadable(event)
    ? event.data.why
    : `Event ${event.revision} of ${event.stream} (${event.type}) has schema ${event.metadata.schema}, which is not known here: run the version that wrote it, or a later one`;
