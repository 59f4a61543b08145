import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import type { Collections } from '../collections.js';
import { writeGuarded } from '../guarded-write.js';
import { tagsComing } from './tag-document.js';
import type { TagDocument } from './tag-document.js';

/** Tags that are known to be written. One that is forgotten is written once more, which changes nothing. */
const mostKnown = 50_000;

/** Keeps the first spelling of every tag: that of the event with the least position, whatever is repeated. */
export class TagSpellings {
  readonly #tags: Collections['tags'];
  readonly #known = new LRUCache<string, true>({ max: mostKnown });

  constructor(tags: Collections['tags']) {
    this.#tags = tags;
  }

  begin(): void {
    this.#known.clear();
  }

  /** Events in the order of their positions. */
  async apply(events: Iterable<RecordedEvent<IncidentEvent>>): Promise<void> {
    const coming = new Map<string, TagDocument>();
    for (const event of events)
      for (const tag of tagsComing(event))
        if (!this.#known.has(tag._id) && !coming.has(tag._id)) coming.set(tag._id, tag);
    if (coming.size === 0) return;
    const spellings = Array.from(coming.values(), ({ _id, ...spelling }) => ({
      updateOne: { filter: { _id, position: { $gt: spelling.position } }, update: { $set: spelling }, upsert: true },
    }));
    await writeGuarded(this.#tags, spellings);
    for (const key of coming.keys()) this.#known.set(key, true);
  }
}
