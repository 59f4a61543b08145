import type { AlertSummary } from '../alert-report.js';
import type { Decision } from '../decision.js';
import { onIncident, redirected } from '../decision.js';
import type { AlertAdded, RoutingReason } from '../events.js';
import type { Incident } from '../incident.js';
import { limits } from '../vocabulary.js';
import { consequences } from './consequences.js';
import { onAlert } from './on-alert.js';
import { openedFor } from './opening.js';

export type Arrival = { readonly alert: AlertSummary; readonly reason: RoutingReason };

/**
 * Adds alerts that nobody has routed before to an incident; the first ones open it. An incident that takes no more turns them away,
 * which is an event: the routes are settled, however late somebody carries them out again. One that was merged refuses for ever.
 */
export const addAlerts =
  (incidentId: string, arrivals: readonly Arrival[]) =>
  (incident: Incident | undefined): Decision => {
    if (!incident) {
      const alerts = arrivals.map(({ alert }) => alert);
      return [openedFor(incidentId, alerts, 'correlation'), ...arrivals.map(added)];
    }
    // An alert that was here and has been moved on was added before: its route is repeated, not new.
    const fresh = arrivals
      .filter(({ alert }) => !hasHad(incident, alert.alertId))
      .map(({ alert, reason }) => ({
        alert: { ...alert, assignedTo: alert.assignedTo ?? incident.assignedTo },
        reason,
      }));
    if (fresh.length === 0) return [];
    const elsewhere = redirected(incident);
    if (elsewhere) return elsewhere;
    const accepted = acceptsAlerts(fresh.length)(incident);
    if ('refused' in accepted) {
      const alertIds = fresh.map(({ alert }) => alert.alertId);
      const because = accepted.refused === 'too-many-alerts' ? accepted.refused : 'incident-resolved';
      return [{ type: 'AlertsTurnedAway', data: { alertIds, because } }];
    }
    return [...fresh.map(added), ...consequences(incident, { coming: fresh.map(({ alert }) => alert) })];
  };

/** Whether the alert is here, or was and has gone on. */
export const hasHad = ({ alerts, departed, redirect }: Incident, alertId: string): boolean =>
  alerts.has(alertId) || departed.has(alertId) || (redirect?.alerts.has(alertId) ?? false);

const added = ({ alert, reason }: Arrival): AlertAdded => ({ type: 'AlertAdded', data: { alert, reason } });

/** Whether an alert that is reported into this incident may join it. */
export const acceptsAlerts = (count: number) =>
  onIncident(({ incidentId, status, alerts }) => {
    if (status === 'resolved') return { refused: 'incident-resolved', incidentId };
    if (alerts.size + count > limits.alerts) return { refused: 'too-many-alerts', incidentId, limit: limits.alerts };
    return [];
  });

/** The product reported the alert anew: detection fields follow; status, owner and judgement are Docket's. */
export const updateAlert = (reported: AlertSummary) =>
  onAlert(reported.alertId, (previous, incident) => {
    if (reported.reportRevision <= previous.reportRevision) return []; // a newer report was faster
    const { status, assignedTo, classification, determination } = previous;
    const alert = { ...reported, status, assignedTo, classification, determination };
    return [
      { type: 'AlertUpdated', data: { alert, previous } },
      ...consequences(incident, { coming: [alert], leaving: [previous] }),
    ];
  });
