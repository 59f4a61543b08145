import type { RecordedEvent } from '#event-store';
import { tagKey } from '#incidents';
import type { IncidentEvent } from '#incidents';

/** A tag that some incident has, or has had: its spelling, for whoever begins to type it. */
export interface TagDocument {
  /** The tag without regard to case. */
  readonly _id: string;
  /** As it was spelt first. */
  readonly tag: string;
  /** Whether the system gave it then. */
  readonly isSystem: boolean;
  /** Position of the event that brought it first. */
  readonly position: bigint;
}

/** What an event says of tags that incidents get. The tag of merged ones is not among them: it says what their status says. */
export function tagsComing(event: RecordedEvent<IncidentEvent>): TagDocument[] {
  const spelt = (tags: readonly string[], isSystem: boolean) =>
    tags.map((tag) => ({ _id: tagKey(tag), tag, isSystem, position: event.position }));
  if (event.type === 'IncidentOpened') return spelt(event.data.customTags, false);
  if (event.type === 'IncidentImported')
    return [...spelt(event.data.customTags, false), ...spelt(event.data.systemTags, true)];
  if (event.type === 'IncidentTagged') return spelt(event.data.tags, event.data.kind === 'system');
  return [];
}
