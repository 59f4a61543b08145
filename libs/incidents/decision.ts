import type { IncidentEvent } from './events.js';
import type { Incident } from './incident.js';

/** What the domain answers where a rule forbids a command: a value, not an exception. `refused` is a stable code. */
export type Refusal =
  | { readonly refused: 'unknown-incident' }
  | { readonly refused: 'unknown-alert'; readonly alertIds: readonly string[] }
  /** Somebody else moved all of them at the same moment. */
  | { readonly refused: 'alerts-moved'; readonly alertIds: readonly string[] }
  | { readonly refused: 'already-assigned'; readonly assignedTo: string }
  | { readonly refused: 'incident-resolved'; readonly incidentId: string }
  | { readonly refused: 'too-many-alerts'; readonly incidentId: string; readonly limit: number }
  /** The incident with this id was imported from one tenant, and comes now from another. */
  | { readonly refused: 'another-tenant'; readonly incidentId: string; readonly tenantId: string }
  | { readonly refused: 'too-many-tags'; readonly incidentId: string; readonly limit: number };

export type Decision = readonly IncidentEvent[] | Refusal;

/** Lifts a decision on an incident to one on what a stream holds, which may be nothing yet. */
export function onIncident(decide: (incident: Incident) => Decision): (incident: Incident | undefined) => Decision {
  return (incident) => (incident ? decide(incident) : { refused: 'unknown-incident' });
}
