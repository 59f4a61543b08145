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

/** Documents of the collection `incidents`: loads those that the batch speaks of, folds, writes each once. */
export class IncidentsProjection implements Projection {
  readonly name = 'incidents';
  readonly #incidents: Collections['incidents'];

  constructor({ incidents }: Collections) {
    this.#incidents = incidents;
  }

  async apply(batch: readonly RecordedEvent[]): Promise<void> {
    const byIncident = grouped(batch);
    if (byIncident.size === 0) return;
    const stored = new Map<string, IncidentDocument>();
    for await (const document of this.#incidents.find({ _id: { $in: [...byIncident.keys()] } }))
      stored.set(document._id, document);

    const writes: AnyBulkWriteOperation<StoredIncident>[] = [];
    for (const [incidentId, events] of byIncident) {
      const before = stored.get(incidentId);
      const reflected = before?.position;
      const after = events.reduce<IncidentDocument | undefined>(projectIncident, before);
      if (!after || after.position === reflected) continue;
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
