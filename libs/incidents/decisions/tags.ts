import { onIncident } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import { limits } from '../vocabulary.js';

/** Two spellings of the same tag have the same key. */
export const tagKey = (tag: string): string => tag.trim().toLowerCase();

/** The tags as they are kept: trimmed, no empty ones, of two spellings the first. */
export function distinctTags(tags: readonly string[]): string[] {
  const spelt = new Map<string, string>();
  for (const tag of tags) if (tagKey(tag) !== '' && !spelt.has(tagKey(tag))) spelt.set(tagKey(tag), tag.trim());
  return [...spelt.values()];
}

/** Custom tags. A tag that is both added and removed is added. */
export const changeTags = ({ add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] }) =>
  onIncident((incident) => {
    const present = new Set(incident.customTags.map(tagKey));
    const wanted = distinctTags(add);
    const unwanted = new Set(remove.map(tagKey));
    for (const tag of wanted) unwanted.delete(tagKey(tag));

    const added = wanted.filter((tag) => !present.has(tagKey(tag)));
    const removed = incident.customTags.filter((tag) => unwanted.has(tagKey(tag)));
    if (incident.customTags.length - removed.length + added.length > limits.tags)
      return { refused: 'too-many-tags', incidentId: incident.incidentId, limit: limits.tags };

    const events: IncidentEvent[] = [];
    if (removed.length > 0) events.push({ type: 'IncidentUntagged', data: { kind: 'custom', tags: removed } });
    if (added.length > 0) events.push({ type: 'IncidentTagged', data: { kind: 'custom', tags: added } });
    return events;
  });
