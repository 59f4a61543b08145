import { onIncident } from '../decision.js';
import type { IncidentEvent, IncidentReopened } from '../events.js';
import type { Incident } from '../incident.js';
import type { Judgement } from '../vocabulary.js';
import { onAlert } from './on-alert.js';
import { alertClassified, classified } from './classification.js';

/** A resolved incident is reopened first. */
export const start = () =>
  onIncident((incident) => {
    if (incident.status === 'inProgress') return [];
    const reopening = incident.status === 'resolved' ? [reopened(incident)] : [];
    return [...reopening, { type: 'InvestigationStarted', data: { previous: 'active' } }];
  });

/**
 * Closes every alert that is still open; alerts that nobody classified take over the incident's judgement. A comment, once
 * given, is only replaced by another one.
 */
export const resolve = ({ judgement, comment }: { judgement?: Judgement; comment: string | null }) =>
  onIncident((incident) => {
    const events: IncidentEvent[] = judgement ? classified(incident, judgement) : [];
    const verdict = judgement ?? incident.judgement;
    const resolvedAlertIds: string[] = [];
    const resolvedAndClassifiedAlertIds: string[] = [];
    const classifiedAlertIds: string[] = [];
    for (const { alertId, status, classification } of incident.alerts.values()) {
      const takesOver = verdict.classification !== null && classification === null;
      if (status !== 'resolved') (takesOver ? resolvedAndClassifiedAlertIds : resolvedAlertIds).push(alertId);
      else if (takesOver) classifiedAlertIds.push(alertId);
    }
    const already = incident.status === 'resolved';
    const saysMore = comment !== null && comment !== incident.resolvingComment;
    if (already && !saysMore && classifiedAlertIds.length === 0) return events;
    return [
      ...events,
      {
        type: 'IncidentResolved',
        data: {
          previous: incident.status,
          comment: comment ?? (already ? incident.resolvingComment : null),
          resolvedAlertIds,
          resolvedAndClassifiedAlertIds,
          classifiedAlertIds,
          judgement: verdict,
        },
      },
    ];
  });

/** Gives the alerts that the resolve closed their previous status, no others. */
export const reopen = () => onIncident((incident) => (incident.status === 'resolved' ? [reopened(incident)] : []));

function reopened({ closedByResolve }: Incident): IncidentReopened {
  const reopenedAlerts = { new: [] as string[], inProgress: [] as string[] };
  for (const [alertId, status] of closedByResolve) reopenedAlerts[status].push(alertId);
  return { type: 'IncidentReopened', data: { reopenedAlerts } };
}

/** Starting a closed alert reopens it. A resolved incident has no open alert. */
export const startAlert = (alertId: string) =>
  onAlert(alertId, ({ status }, incident) => {
    if (status === 'inProgress') return [];
    if (incident.status === 'resolved') return { refused: 'incident-resolved', incidentId: incident.incidentId };
    const reopening: IncidentEvent[] =
      status === 'resolved' ? [{ type: 'AlertReopened', data: { alertId, previous: 'resolved' } }] : [];
    return [...reopening, { type: 'AlertInvestigationStarted', data: { alertId, previous: 'new' } }];
  });

/** Resolving the last open alert does not resolve the incident. */
export const resolveAlert = (
  alertId: string,
  { judgement, comment }: { judgement?: Judgement; comment: string | null },
) =>
  onAlert(alertId, (alert) => {
    const events: IncidentEvent[] = judgement ? alertClassified(alert, judgement) : [];
    if (alert.status !== 'resolved')
      events.push({ type: 'AlertResolved', data: { alertId, previous: alert.status, comment } });
    else if (comment !== null) events.push({ type: 'AlertCommented', data: { alertId, comment } });
    return events;
  });

export const reopenAlert = (alertId: string) =>
  onAlert(alertId, ({ status }, incident) => {
    if (status !== 'resolved') return [];
    if (incident.status === 'resolved') return { refused: 'incident-resolved', incidentId: incident.incidentId };
    return [{ type: 'AlertReopened', data: { alertId, previous: 'resolved' } }];
  });
