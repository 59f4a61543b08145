import type { AlertSummary } from '../alert-report.js';
import type { Decision } from '../decision.js';
import { onIncident, redirected } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { Incident } from '../incident.js';
import type { CorrelationReason } from '../vocabulary.js';
import { consequences } from './consequences.js';
import { openedFor } from './opening.js';

type Because = { readonly comment: string | null; readonly reasons: readonly CorrelationReason[] };

export type Leaving = Because & {
  readonly alertIds: readonly string[];
  readonly toIncidentId: string;
  /** The incident's revision when the move was planned. */
  readonly revision?: number | undefined;
};

/**
 * The commit of a move: once this is in the log, the alerts are in the other incident. Those that have left since the move was planned stay
 * where they are, also where they have come back: whoever carries the plan out, and whenever, finds the same.
 */
export const moveOut = ({ alertIds, toIncidentId, comment, reasons, revision = Infinity }: Leaving) =>
  onIncident((incident) => {
    const alerts = alertIds
      .filter((alertId) => (incident.cameAt.get(alertId) ?? Infinity) <= revision)
      .flatMap((alertId) => incident.alerts.get(alertId) ?? []);
    if (alerts.length === 0) return [];
    return [
      { type: 'AlertMovedOut', data: { alerts, toIncidentId, comment, reasons } },
      ...consequences(incident, { leaving: alerts }),
    ];
  });

/** `transferId`: the event id of the departure. `incidentId`: of the incident that the alerts arrive in. */
export type Arriving = Because & {
  readonly incidentId: string;
  readonly fromIncidentId: string;
  readonly transferId: string;
  readonly alerts: readonly AlertSummary[];
};

/**
 * The arrival that follows a departure, once for each transfer. It is refused only where the incident was merged meanwhile, for then the
 * alerts are in the other one. Where the incident was resolved meanwhile they are closed, where it was not there yet it is opened for them.
 */
export const moveIn =
  ({ incidentId, fromIncidentId, transferId, alerts, comment, reasons }: Arriving) =>
  (incident: Incident | undefined): Decision => {
    if (incident?.arrived.has(transferId)) return [];
    const elsewhere = incident && redirected(incident);
    if (elsewhere) return elsewhere;
    const arriving = alerts.map((alert) => ({
      ...alert,
      assignedTo: alert.assignedTo ?? incident?.assignedTo ?? null,
    }));
    const resolvedAlertIds =
      incident?.status === 'resolved'
        ? arriving.filter(({ status }) => status !== 'resolved').map(({ alertId }) => alertId)
        : [];
    const arrival: IncidentEvent = {
      type: 'AlertMovedIn',
      data: { alerts: arriving, fromIncidentId, transferId, comment, reasons, resolvedAlertIds },
    };
    return incident
      ? [arrival, ...consequences(incident, { coming: arriving })]
      : [openedFor(incidentId, arriving, 'move'), arrival];
  };
