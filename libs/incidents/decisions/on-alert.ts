import type { AlertSummary } from '../alert-report.js';
import { onIncident } from '../decision.js';
import type { Decision } from '../decision.js';
import type { Incident } from '../incident.js';

/** Lifts a decision on an alert to one on the incident that it is in. An alert that is not here is `unknown-alert`. */
export const onAlert = (alertId: string, decide: (alert: AlertSummary, incident: Incident) => Decision) =>
  onIncident((incident) => {
    const alert = incident.alerts.get(alertId);
    return alert ? decide(alert, incident) : { refused: 'unknown-alert', alertIds: [alertId] };
  });
