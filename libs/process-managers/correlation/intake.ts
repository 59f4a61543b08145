import type { RecordedEvent } from '#event-store';
import { summarise } from '#incidents';
import type { AlertReported, AlertSummary, RoutingReason } from '#incidents';

/** A reported alert on its way to an incident. */
export interface Intake {
  readonly alert: AlertSummary;
  /** The incident that the report named. */
  readonly named: string | null;
  /** It came along with that incident from elsewhere. */
  readonly imported: boolean;
  /** Incidents that have turned it away. */
  readonly refusedBy: ReadonlySet<string>;
  /** The incident that the one it was routed to is part of by now, and why it was routed there. */
  readonly sentOn?: { readonly incidentId: string; readonly reason: RoutingReason };
}

export const intakeOf = ({ data: { report, incidentId, imported } }: RecordedEvent<AlertReported>): Intake => ({
  alert: summarise(report, 0),
  named: incidentId,
  imported: imported === true,
  refusedBy: new Set(),
});

export const turnedAway = (intake: Intake, incidentId: string): Intake => ({
  ...intake,
  refusedBy: new Set([...intake.refusedBy, incidentId]),
});

/** An incident that was merged refuses for ever: the alert goes where the incident went, for the same reason. */
export const sentOn = (intake: Intake, from: string, incidentId: string, reason: RoutingReason): Intake => ({
  ...turnedAway(intake, from),
  sentOn: { incidentId, reason },
});
