import type { RecordedEvent } from '#event-store';
import { documentOf } from '../incidents/entity.js';
import { incidentIdOf, isIncidentEvent } from '../events-of.js';
import { FoldedIncident } from '../incidents/folded-incident.js';
import { withSearchFields } from '../queue/incident-search.js';
import { foldAlerts } from './fold-alerts.js';

/** All documents after all of `events`, in the order of their ids: what stores must come to, however they are fed. */
export function pureFold(events: readonly RecordedEvent[]) {
  const incidents = new Map<string, FoldedIncident>();
  for (const event of structuredClone(events).filter(isIncidentEvent)) {
    const incident = incidents.get(incidentIdOf(event)) ?? new FoldedIncident();
    incidents.set(incidentIdOf(event), incident);
    incident.apply(event);
  }
  const byId = (one: { _id: string }, other: { _id: string }) => (one._id < other._id ? -1 : 1);
  const entitiesOf = ([incidentId, { entities }]: [string, FoldedIncident]) =>
    Array.from(entities, (entity) => documentOf(incidentId, entity));
  return {
    incidents: Array.from(incidents.values(), ({ document }) => withSearchFields(document!)).sort(byId),
    entities: [...incidents].flatMap(entitiesOf).sort(byId),
    alerts: [...foldAlerts(events).values()].sort(byId),
  };
}
