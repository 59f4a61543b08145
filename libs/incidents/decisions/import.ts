import type { AlertSummary } from '../alert-report.js';
import { onIncident } from '../decision.js';
import type { Decision } from '../decision.js';
import type { AlertAdded, CommentImported, IncidentImported } from '../events.js';
import type { Incident } from '../incident.js';
import { limits, severities } from '../vocabulary.js';
import type { Severity } from '../vocabulary.js';
import { consequences, tagsAfter } from './consequences.js';
import { hasHad } from './intake.js';
import { onAlert } from './on-alert.js';

type Comment = CommentImported['data'];

/** An incident that is there already was imported by the same plan, for numbers are given once. */
export const importIncident =
  (data: IncidentImported['data']) =>
  (incident: Incident | undefined): Decision =>
    incident ? [] : [{ type: 'IncidentImported', data }];

/** Whether an incident of this severity leaves it to its alerts, as far as can be told from those that came along. */
export function severityFollows(severity: Severity, alerts: readonly { readonly severity: Severity }[]): boolean {
  return severities.findLast((each) => alerts.some((alert) => alert.severity === each)) === severity;
}

/**
 * Adds the alerts that came along with an incident. They keep the owner, the status and the judgement that they had, and leave the
 * incident's name and severity alone, where that came along too. A resolved incident takes them too: one that is open is closed on arrival.
 */
export const addImportedAlerts =
  (alerts: readonly AlertSummary[]) =>
  (incident: Incident | undefined): Decision => {
    const fresh = incident ? alerts.filter(({ alertId }) => !hasHad(incident, alertId)) : alerts;
    return fresh.length === 0 ? [] : addFresh(fresh)(incident);
  };

const addFresh = (fresh: readonly AlertSummary[]) =>
  onIncident((incident) => {
    if (incident.alerts.size + fresh.length > limits.alerts) {
      const alertIds = fresh.map(({ alertId }) => alertId);
      return [{ type: 'AlertsTurnedAway', data: { alertIds, because: 'too-many-alerts' } }];
    }
    if (incident.isImported) {
      const arrivals = fresh.map((alert) => arrival(alert, incident));
      return [...arrivals, ...tagsAfter(incident, incident.profile.after({ coming: fresh }))];
    }
    // Theirs was merged into one that was opened here, whose own rules hold.
    const coming = fresh.map((alert) => ({ ...alert, assignedTo: alert.assignedTo ?? incident.assignedTo }));
    return [...coming.map((alert) => arrival(alert, incident)), ...consequences(incident, { coming })];
  });

function arrival(alert: AlertSummary, { status }: Incident): AlertAdded {
  const reason = { rule: 'imported' } as const;
  return status === 'resolved' && alert.status !== 'resolved'
    ? { type: 'AlertAdded', data: { alert: { ...alert, status: 'resolved' }, reason, closedFrom: alert.status } }
    : { type: 'AlertAdded', data: { alert, reason } };
}

/** Writes down what was said elsewhere, each comment once, however often it comes. */
export const importComments = (comments: readonly Comment[]) => onIncident((incident) => unwritten(comments, incident));

/** The same in whichever incident the alert is. */
export const importCommentsOnAlert = (alertId: string, comments: readonly Comment[]) =>
  onAlert(alertId, (_, incident) => unwritten(comments, incident));

function unwritten(comments: readonly Comment[], { importedComments }: Incident): CommentImported[] {
  const known = new Set(importedComments);
  return comments.flatMap((data): CommentImported[] => {
    if (known.has(data.contentHash)) return [];
    known.add(data.contentHash);
    return [{ type: 'CommentImported', data }];
  });
}
