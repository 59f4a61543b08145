import { MalformedEvent } from './errors.js';
import type { EventMetadata, RecordedEvent } from './event.js';
import type { EventCatalogue, StoredEvent } from './event-catalogue.js';

/** As that of no event in a log: types that begin with `$` are the store's own. */
const type = '$unreadable';

/**
 * An event that cannot be decoded, as subscriptions hand it on: where it stands, which type it has there, and why not. Its own type is one that
 * nobody knows, so that whoever does not ask passes over it as over any other stranger. Its metadata may be anything.
 */
export type UnreadableEvent = {
  readonly type: typeof type;
  readonly data: { readonly type: string; readonly why: string };
};

export const isUnreadable = (event: RecordedEvent): event is RecordedEvent<UnreadableEvent> => event.type === type;

/** The event, or the unreadable one in its place. */
export function decodedOrUnreadable(catalogue: EventCatalogue, stored: StoredEvent): RecordedEvent {
  try {
    return catalogue.decode(stored);
  } catch (error) {
    if (!(error instanceof MalformedEvent)) throw error;
    const { id, stream, revision, position, metadata } = stored;
    const known = typeof metadata === 'object' && metadata !== null ? metadata : {};
    const data = { type: stored.type, why: error.message };
    return { type, data, id, stream, revision, position, metadata: known as EventMetadata };
  }
}
