import type { RecordedEvent } from '#event-store';
import type { AlertAdded, AlertEvent, AlertMovedIn, AlertStatus, IncidentEvent, IncidentReopened } from '#incidents';
import type { IncidentDocument } from '#read-model';
import type { Faults } from './faults.js';
import type { Redirects } from './redirects.js';
import { Tallies } from './tallies.js';
import type { Place } from './tallies.js';

/** `at`: when it was reported. */
type Followed = Place & { readonly at: string };

/**
 * Follows every alert through the log, beside the fold of the incidents: from its arrival on each is in exactly one that was not merged, or on
 * its way to one; what an incident counts is what is in it; a resolve closes what is open, and a reopen gives back just that.
 */
export class AlertPlaces {
  private readonly places = new Map<string, Followed>();
  private readonly tallies = new Tallies();
  /** Incidents that count otherwise: one fault each is enough. */
  private readonly miscounted = new Set<string>();

  constructor(
    private readonly redirects: Redirects,
    private readonly faults: Faults,
  ) {}

  get count(): number {
    return this.places.size;
  }

  seeReport({ type, metadata: { at } }: RecordedEvent<AlertEvent>, alertId: string): void {
    if (type === 'AlertReported' && !this.places.has(alertId)) this.places.set(alertId, { ...nowhere, at });
  }

  see(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    switch (event.type) {
      case 'AlertAdded':
        return this.add(event, incidentId);
      case 'AlertMovedOut':
        for (const { alertId } of event.data.alerts) this.leave(event, incidentId, alertId, event.data.toIncidentId);
        return;
      case 'IncidentMerged': {
        for (const alertId of event.data.alertIds) this.leave(event, incidentId, alertId, event.data.toIncidentId);
        const { alerts } = this.tallies.of(incidentId);
        if (alerts > 0) this.faults.add(event, `leaves ${alerts} alerts behind in an incident that is merged`);
        return;
      }
      case 'AlertMovedIn':
        return this.arrive(event, incidentId);
      case 'IncidentResolved':
        for (const alertIds of [event.data.resolvedAlertIds, event.data.resolvedAndClassifiedAlertIds])
          for (const alertId of alertIds) this.closeByResolve(event, incidentId, alertId);
        return;
      case 'IncidentReopened':
        return this.reopen(event, incidentId);
      case 'AlertResolved':
        return this.mark(event, incidentId, event.data.alertId, 'resolved');
      case 'AlertReopened':
        return this.mark(event, incidentId, event.data.alertId, 'new');
      case 'AlertInvestigationStarted':
        return this.mark(event, incidentId, event.data.alertId, 'inProgress');
      default: // says nothing of where alerts are, or how they stand
    }
  }

  /** Whether an incident, as folded up to the event, counts what is in it. */
  compare(event: RecordedEvent, { _id, alertCount, activeAlertCount }: IncidentDocument): void {
    const { alerts, open } = this.tallies.of(_id);
    if (this.miscounted.has(_id) || (alerts === alertCount && open === activeAlertCount)) return;
    this.miscounted.add(_id);
    this.faults.add(
      event,
      `counts ${alertCount} alerts, ${activeAlertCount} of them open, where ${alerts} are in it, ${open} of them open`,
    );
  }

  /** How many reports wait for an incident. `due`: in milliseconds; what was reported before should have one. */
  end(due: number): number {
    let waiting = 0;
    for (const [alertId, { incidentId, at }] of this.places) {
      if (incidentId !== undefined) continue;
      waiting++;
      if (Date.parse(at) < due) this.faults.add({ stream: `alert-${alertId}`, revision: 0 }, 'is in no incident');
    }
    return waiting;
  }

  private add(event: RecordedEvent<AlertAdded>, incidentId: string): void {
    const { alert, closedFrom } = event.data;
    const { alertId, status } = alert;
    const place = this.places.get(alertId);
    if (!place) this.faults.add(event, `adds alert ${alertId}, which was never reported`);
    else if (place.incidentId !== undefined)
      this.faults.add(event, `adds alert ${alertId}, which is ${this.whereIs(place)}`);
    this.set(event, alertId, { incidentId, isOnItsWay: false, status, closedFrom });
  }

  private leave(event: RecordedEvent, incidentId: string, alertId: string, toIncidentId: string): void {
    if (this.placeIn(event, incidentId, alertId))
      this.set(event, alertId, { incidentId: toIncidentId, isOnItsWay: true, closedFrom: undefined });
  }

  private arrive(event: RecordedEvent<AlertMovedIn>, incidentId: string): void {
    const closed = new Set(event.data.resolvedAlertIds);
    for (const { alertId, status } of event.data.alerts) {
      const place = this.places.get(alertId) ?? nowhere;
      if (!place.isOnItsWay) this.faults.add(event, `brings alert ${alertId}, which is ${this.whereIs(place)}`);
      else if (place.status !== status)
        this.faults.add(event, `brings alert ${alertId} as ${status}, which left as ${place.status}`);
      this.set(event, alertId, { incidentId, isOnItsWay: false, status, closedFrom: undefined });
      if (closed.has(alertId)) this.closeByResolve(event, incidentId, alertId);
    }
  }

  private closeByResolve(event: RecordedEvent, incidentId: string, alertId: string): void {
    const place = this.placeIn(event, incidentId, alertId);
    if (!place) return;
    if (place.status === 'resolved') this.faults.add(event, `closes alert ${alertId}, which is closed`);
    else this.set(event, alertId, { status: 'resolved', closedFrom: place.status });
  }

  private reopen(event: RecordedEvent<IncidentReopened>, incidentId: string): void {
    for (const status of ['new', 'inProgress'] as const)
      for (const alertId of event.data.reopenedAlerts[status]) {
        const place = this.placeIn(event, incidentId, alertId);
        if (!place) continue;
        if (place.closedFrom !== status)
          this.faults.add(event, `makes alert ${alertId} ${status} again, where ${closing(place)}`);
        this.set(event, alertId, { status, closedFrom: undefined });
      }
    const { closedByResolve } = this.tallies.of(incidentId);
    if (closedByResolve > 0) this.faults.add(event, `leaves ${closedByResolve} alerts closed that the resolve closed`);
  }

  private mark(event: RecordedEvent, incidentId: string, alertId: string, status: AlertStatus): void {
    if (this.placeIn(event, incidentId, alertId)) this.set(event, alertId, { status, closedFrom: undefined });
  }

  private set(event: RecordedEvent, alertId: string, to: Partial<Place>): void {
    const before = this.places.get(alertId) ?? { ...nowhere, at: event.metadata.at };
    const after = { ...before, ...to };
    this.tallies.remove(before);
    this.tallies.add(after);
    this.places.set(alertId, after);
  }

  /** The place of an alert that the event takes for one of this incident's. */
  private placeIn(event: RecordedEvent, incidentId: string, alertId: string): Place | undefined {
    const place = this.places.get(alertId) ?? nowhere;
    if (place.incidentId === incidentId && !place.isOnItsWay) return place;
    this.faults.add(event, `speaks of alert ${alertId}, which is ${this.whereIs(place)}`);
    return undefined;
  }

  private whereIs({ incidentId, isOnItsWay }: Place): string {
    if (incidentId === undefined) return 'in no incident';
    return isOnItsWay ? `on its way to incident ${this.redirects.survivorOf(incidentId)}` : `in incident ${incidentId}`;
  }
}

const nowhere: Place = { incidentId: undefined, isOnItsWay: false, status: 'new', closedFrom: undefined };

const closing = ({ closedFrom }: Place): string =>
  closedFrom === undefined ? 'no resolve closed it' : `the resolve closed it as ${closedFrom}`;
