import type { AlertStatus, OpenAlertStatus } from '#incidents';

/** Where an alert is, and how it stands. */
export interface Place {
  /** Undefined where it was reported and not routed yet. Of an alert on its way, what it left for. */
  readonly incidentId: string | undefined;
  readonly isOnItsWay: boolean;
  readonly status: AlertStatus;
  /** What it was until its incident was resolved, which a reopen gives back. */
  readonly closedFrom: OpenAlertStatus | undefined;
}

/** How many alerts are in an incident, those on their way to it left out. */
export interface Tally {
  alerts: number;
  open: number;
  /** Closed because the incident was resolved. */
  closedByResolve: number;
}

/** Counts what is in each incident, alert by alert. */
export class Tallies {
  private readonly tallies = new Map<string, Tally>();

  of(incidentId: string): Readonly<Tally> {
    return this.tallies.get(incidentId) ?? { alerts: 0, open: 0, closedByResolve: 0 };
  }

  add(place: Place): void {
    this.count(place, 1);
  }

  remove(place: Place): void {
    this.count(place, -1);
  }

  private count({ incidentId, isOnItsWay, status, closedFrom }: Place, by: 1 | -1): void {
    if (incidentId === undefined || isOnItsWay) return;
    const tally = { ...this.of(incidentId) };
    tally.alerts += by;
    if (status !== 'resolved') tally.open += by;
    if (closedFrom !== undefined) tally.closedByResolve += by;
    this.tallies.set(incidentId, tally);
  }
}
