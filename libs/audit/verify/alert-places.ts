import type { RecordedEvent } from '#event-store';
import type { AlertEvent, AlertMovedIn, AlertMovedOut, IncidentEvent } from '#incidents';
import type { IncidentDocument } from '#read-model';
import type { Faults } from './faults.js';

interface Place {
  /** Undefined: reported and not routed yet, or on its way from one incident to another. */
  incidentId: string | undefined;
  isOpen: boolean;
  /** When it was reported. */
  readonly at: string;
}

interface Transfer {
  readonly toIncidentId: string;
  readonly alertIds: readonly string[];
  /** The departure. */
  readonly stream: string;
  readonly revision: number;
  readonly at: string;
}

/** How long an alert may be on its way, before the last event of the log, in milliseconds. */
const mayTakeMs = 10_000;

/** What is on its way at the end of the log, and will arrive when Docket runs. */
export interface UnderWay {
  readonly reports: number;
  readonly transfers: number;
}

/**
 * Follows every alert through the log, beside the fold of the incidents: each is in exactly one, arrivals answer departures, and what an
 * incident counts is what is in it.
 */
export class AlertPlaces {
  private readonly places = new Map<string, Place>();
  private readonly transfers = new Map<string, Transfer>();

  constructor(private readonly faults: Faults) {}

  get count(): number {
    return this.places.size;
  }

  seeReport({ type, stream, metadata }: RecordedEvent<AlertEvent>, alertId: string): void {
    if (type === 'AlertReported' && !this.places.has(alertId) && stream !== '')
      this.places.set(alertId, { incidentId: undefined, isOpen: false, at: metadata.at });
  }

  see(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    switch (event.type) {
      case 'AlertAdded':
        return this.enter(event, incidentId, event.data.alert.alertId, event.data.alert.status !== 'resolved');
      case 'AlertMovedOut':
        return this.depart(event, incidentId);
      case 'AlertMovedIn':
        return this.arrive(event, incidentId);
      case 'IncidentResolved':
        this.mark(event, incidentId, event.data.resolvedAlertIds, false);
        return this.mark(event, incidentId, event.data.resolvedAndClassifiedAlertIds, false);
      case 'IncidentReopened':
        for (const alertIds of Object.values(event.data.reopenedAlerts)) this.mark(event, incidentId, alertIds, true);
        return;
      case 'AlertResolved':
        return this.mark(event, incidentId, [event.data.alertId], false);
      case 'AlertReopened':
      case 'AlertInvestigationStarted':
        return this.mark(event, incidentId, [event.data.alertId], true);
      default: // says nothing of where alerts are
    }
  }

  /** `endedAt`: when the last event of the log happened. */
  end(incidents: Iterable<IncidentDocument>, endedAt: string): UnderWay {
    const due = Date.parse(endedAt) - mayTakeMs;
    let [reports, transfers] = [0, 0];
    const travelling = new Set([...this.transfers.values()].flatMap(({ alertIds }) => alertIds));
    const counts = new Map<string, { alerts: number; open: number }>();
    for (const [alertId, { incidentId, isOpen, at }] of this.places) {
      if (incidentId !== undefined) {
        const count = counts.get(incidentId) ?? { alerts: 0, open: 0 };
        counts.set(incidentId, { alerts: count.alerts + 1, open: count.open + (isOpen ? 1 : 0) });
      } else if (!travelling.has(alertId)) {
        reports++;
        if (Date.parse(at) < due) this.faults.add({ stream: `alert-${alertId}`, revision: 0 }, 'is in no incident');
      }
    }
    for (const { at, toIncidentId, ...departure } of this.transfers.values()) {
      transfers++;
      if (Date.parse(at) < due) this.faults.add(departure, `has no arrival in incident ${toIncidentId}`);
    }
    for (const { _id, revision, alertCount, activeAlertCount } of incidents) {
      const { alerts, open } = counts.get(_id) ?? { alerts: 0, open: 0 };
      if (alerts !== alertCount || open !== activeAlertCount)
        this.faults.add(
          { stream: `incident-${_id}`, revision },
          `counts ${alertCount} alerts, ${activeAlertCount} of them open, where ${alerts} are in it, ${open} of them open`,
        );
    }
    return { reports, transfers };
  }

  private enter(event: RecordedEvent, incidentId: string, alertId: string, isOpen: boolean): void {
    const place = this.places.get(alertId);
    if (!place) this.faults.add(event, `adds alert ${alertId}, which was never reported`);
    else if (place.incidentId !== undefined)
      this.faults.add(event, `adds alert ${alertId}, which is in incident ${place.incidentId}`);
    this.places.set(alertId, { incidentId, isOpen, at: place?.at ?? event.metadata.at });
  }

  private depart(event: RecordedEvent<AlertMovedOut>, incidentId: string): void {
    const { data, id, stream, revision, metadata } = event;
    const alertIds = data.alerts.map(({ alertId }) => alertId);
    for (const alertId of alertIds) {
      const place = this.placeIn(event, incidentId, alertId);
      if (place) place.incidentId = undefined;
    }
    this.transfers.set(id, { toIncidentId: data.toIncidentId, alertIds, stream, revision, at: metadata.at });
  }

  private arrive(event: RecordedEvent<AlertMovedIn>, incidentId: string): void {
    const { transferId, alerts, resolvedAlertIds } = event.data;
    const transfer = this.transfers.get(transferId);
    this.transfers.delete(transferId);
    const expected = new Set(transfer?.alertIds);
    if (!transfer) this.faults.add(event, 'is an arrival without a departure, or the second one');
    else if (transfer.toIncidentId !== incidentId)
      this.faults.add(event, `arrives here, and departed for incident ${transfer.toIncidentId}`);
    else if (alerts.length !== expected.size || !alerts.every(({ alertId }) => expected.has(alertId)))
      this.faults.add(event, 'brings other alerts than departed');
    const closed = new Set(resolvedAlertIds);
    for (const { alertId, status } of alerts)
      this.enter(event, incidentId, alertId, status !== 'resolved' && !closed.has(alertId));
  }

  private mark(event: RecordedEvent, incidentId: string, alertIds: readonly string[], isOpen: boolean): void {
    for (const alertId of alertIds) {
      const place = this.placeIn(event, incidentId, alertId);
      if (place) place.isOpen = isOpen;
    }
  }

  /** The place of an alert that the event takes for one of this incident's. */
  private placeIn(event: RecordedEvent, incidentId: string, alertId: string): Place | undefined {
    const place = this.places.get(alertId);
    if (place?.incidentId === incidentId) return place;
    const where = place?.incidentId === undefined ? 'in no incident' : `in incident ${place.incidentId}`;
    this.faults.add(event, `speaks of alert ${alertId}, which is ${where}`);
    return undefined;
  }
}
