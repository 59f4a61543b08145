import { LRUCache } from 'lru-cache';
import type { AnyBulkWriteOperation } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import type { Collections } from './collections.js';
import { incidentIdOf, isIncidentEvent } from './events-of.js';
import { writeGuarded } from './guarded-write.js';
import type { IncidentDocument } from './incident-document.js';
import { withSearchFields } from './incident-search.js';
import type { StoredIncident } from './incident-search.js';
import { projectIncident } from './project-incident.js';
import type { Projection } from './projection.js';

/** Documents of the collection `incidents`: takes those that the batch speaks of, folds, writes each once. */
export class IncidentsProjection implements Projection {
  readonly name = 'incidents';
  readonly #incidents: Collections['incidents'];
  /** The documents written last. As one who follows sees all events, each is the fold of its own, whoever else writes meanwhile. */
  readonly #folded = new LRUCache<string, IncidentDocument>({ max: 2_000 });

  constructor({ incidents }: Collections) {
    this.#incidents = incidents;
  }

  begin(): void {
    this.#folded.clear();
  }

  async apply(batch: readonly RecordedEvent[]): Promise<void> {
    try {
      await this.#apply(batch);
    } catch (error) {
      this.begin(); // of what was folded nobody knows what was written
      throw error;
    }
  }

  async #apply(batch: readonly RecordedEvent[]): Promise<void> {
    const byIncident = grouped(batch);
    if (byIncident.size === 0) return;
    await this.#load([...byIncident.keys()].filter((incidentId) => !this.#folded.has(incidentId)));

    const writes: AnyBulkWriteOperation<StoredIncident>[] = [];
    for (const [incidentId, events] of byIncident) {
      const before = this.#folded.get(incidentId);
      const reflected = before?.position;
      const after = events.reduce<IncidentDocument | undefined>(projectIncident, before);
      if (!after || after.position === reflected) continue;
      this.#folded.set(incidentId, after);
      writes.push({
        replaceOne: {
          filter: { _id: incidentId, position: { $lt: after.position } },
          replacement: withSearchFields(after),
          upsert: reflected === undefined,
        },
      });
    }
    if (writes.length > 0) await writeGuarded(this.#incidents, writes);
  }

  async #load(incidentIds: readonly string[]): Promise<void> {
    if (incidentIds.length === 0) return;
    for await (const document of this.#incidents.find({ _id: { $in: incidentIds } }))
      this.#folded.set(document._id, document);
  }
}

function grouped(batch: readonly RecordedEvent[]): Map<string, RecordedEvent<IncidentEvent>[]> {
  const byIncident = new Map<string, RecordedEvent<IncidentEvent>[]>();
  for (const event of batch) {
    if (!isIncidentEvent(event)) continue;
    const incidentId = incidentIdOf(event);
    const events = byIncident.get(incidentId);
    if (events) events.push(event);
    else byIncident.set(incidentId, [event]);
  }
  return byIncident;
}
