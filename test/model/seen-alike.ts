import type { Incident } from '#incidents';
import type { NaiveIncident } from './naive-incident.js';

/** What the model and the fold have in common, so that the two can be compared. */

export const ofModel = (incident: NaiveIncident): object => ({
  incidentId: incident.incidentId,
  displayName: incident.displayName,
  nameIsAutomatic: incident.nameIsAutomatic,
  severity: incident.severity,
  severityIsAutomatic: incident.severityIsAutomatic,
  status: incident.status,
  assignedTo: incident.assignedTo,
  classification: incident.classification,
  determination: incident.determination,
  customTags: [...incident.customTags],
  isEmptied: incident.isEmptied,
  redirectIncidentId: incident.redirectIncidentId,
  alerts: inOrder(incident.alerts),
});

export const ofFold = (incident: Incident): object => ({
  incidentId: incident.incidentId,
  displayName: incident.displayName,
  nameIsAutomatic: incident.nameIsAutomatic,
  severity: incident.severity,
  severityIsAutomatic: incident.severityIsAutomatic,
  status: incident.status,
  assignedTo: incident.assignedTo,
  classification: incident.judgement.classification,
  determination: incident.judgement.determination,
  customTags: [...incident.customTags],
  isEmptied: incident.systemTags.includes('Empty'),
  redirectIncidentId: incident.redirect?.toIncidentId ?? null,
  alerts: inOrder(incident.alerts),
});

interface Alert {
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly assignedTo: string | null;
  readonly classification: string | null;
  readonly determination: string | null;
}

const inOrder = (alerts: ReadonlyMap<string, Alert>): object[] =>
  [...alerts.keys()].toSorted().map((alertId) => {
    const { title, severity, status, assignedTo, classification, determination } = alerts.get(alertId)!;
    return { alertId, title, severity, status, assignedTo, classification, determination };
  });
