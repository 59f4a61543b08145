import type { IncidentEvent } from './events.js';
import type { Incident } from './incident.js';

/** What the domain answers where a rule forbids a command: a value, not an exception. `refused` is a stable code. */
export type Refusal =
  | { readonly refused: 'unknown-incident'; readonly incidentId?: string }
  | { readonly refused: 'unknown-alert'; readonly alertIds: readonly string[] }
  /** Somebody else moved all of them at the same moment. */
  | { readonly refused: 'alerts-moved'; readonly alertIds: readonly string[] }
  | { readonly refused: 'already-assigned'; readonly assignedTo: string }
  | { readonly refused: 'incident-resolved'; readonly incidentId: string }
  /** It was merged into another one, and never changes again. */
  | { readonly refused: 'incident-redirected'; readonly incidentId: string; readonly redirectIncidentId: string }
  /** They are not alike enough to be one. */
  | { readonly refused: 'incidents-differ'; readonly differences: readonly Disagreement[] }
  | { readonly refused: 'too-many-alerts'; readonly incidentId: string; readonly limit: number }
  /** The incident with this id was imported from one tenant, and comes now from another. */
  | { readonly refused: 'another-tenant'; readonly incidentId: string; readonly tenantId: string }
  | { readonly refused: 'too-many-tags'; readonly incidentId: string; readonly limit: number };

/** A property that incidents which are to be merged have different values of, by the incident. */
export type Disagreement = {
  readonly property: 'assignedTo' | 'classification' | 'determination';
  readonly values: Readonly<Record<string, string>>;
};

export type Decision = readonly IncidentEvent[] | Refusal;

/** Lifts a decision on an incident to one on what a stream holds: nothing yet, or an incident that is part of another one. */
export function onIncident(decide: (incident: Incident) => Decision): (incident: Incident | undefined) => Decision {
  return (incident) => {
    if (!incident) return { refused: 'unknown-incident' };
    return redirected(incident) ?? decide(incident);
  };
}

export const redirected = ({ incidentId, redirect }: Incident): Refusal | undefined =>
  redirect && { refused: 'incident-redirected', incidentId, redirectIncidentId: redirect.toIncidentId };
