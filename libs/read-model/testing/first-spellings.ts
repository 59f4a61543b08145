import type { RecordedEvent } from '#event-store';
import { isIncidentEvent } from '../events-of.js';
import { tagsComing } from '../tags/tag-document.js';
import type { TagDocument } from '../tags/tag-document.js';

/** What a log says of tags, by their keys. */
export function firstSpellings(log: readonly RecordedEvent[]): TagDocument[] {
  const first = new Map<string, TagDocument>();
  for (const tag of log.filter(isIncidentEvent).flatMap(tagsComing)) if (!first.has(tag._id)) first.set(tag._id, tag);
  return [...first.values()].sort((one, other) => (one._id < other._id ? -1 : 1));
}
