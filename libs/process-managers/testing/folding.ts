import type { RecordedEvent } from '#event-store';
import { incidentDecider, streams } from '#incidents';
import type { DocketEvent, Incident, IncidentEvent } from '#incidents';

/** Folds every incident's stream out of the whole log. */
export function evolveAll(events: readonly RecordedEvent<DocketEvent>[]): Map<string, Incident> {
  const incidents = new Map<string, Incident>();
  for (const event of events) {
    if (!event.stream.startsWith(streams.incident(''))) continue;
    const incidentId = event.stream.slice(streams.incident('').length);
    incidents.set(incidentId, incidentDecider.evolve(incidents.get(incidentId), event as RecordedEvent<IncidentEvent>));
  }
  return incidents;
}
