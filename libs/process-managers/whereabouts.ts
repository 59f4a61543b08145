import { commandId } from '#event-store';
import type { DeciderRunner, EventLog, RecordedEvent } from '#event-store';
import { moveIn, streams } from '#incidents';
import type { AlertMovedOut, Incident, IncidentEvent } from '#incidents';
import type { AlertHints } from './alert-hints.js';

export type Incidents = DeciderRunner<Incident | undefined, IncidentEvent>;

/**
 * Finds the incident that an alert is in. The hint may be old: the incident's fold decides, and where the alert has left, the search
 * goes on where it went. An arrival that is still missing there is written first, so that an alert is never met on its way.
 */
export class Whereabouts {
  constructor(
    private readonly log: EventLog,
    private readonly incidents: Incidents,
    private readonly hints: AlertHints,
  ) {}

  /** Undefined where no such alert was ever reported. Throws AlertNotRouted where it was, but has no incident yet. */
  async find(alertId: string): Promise<string | undefined> {
    const hint = await this.hints.incidentOf(alertId);
    return hint === undefined ? undefined : this.followFrom(hint, alertId);
  }

  /** Searches on from an incident that the alert is in or was in. */
  async followFrom(incidentId: string, alertId: string): Promise<string> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    if (state?.alerts.has(alertId)) return incidentId;
    const departure = state?.departed.get(alertId);
    if (!departure)
      throw new Error(`Alert ${alertId} has never been in incident ${incidentId}, where the read model has it`);
    await this.complete(incidentId, departure.revision);
    return this.followFrom(departure.toIncidentId, alertId);
  }

  /** Writes the arrival that belongs to the departure at `revision`, unless it is there; gives back the departure. */
  async complete(fromIncidentId: string, revision: number): Promise<RecordedEvent<AlertMovedOut>> {
    const departure = await this.departureAt(fromIncidentId, revision);
    const { toIncidentId, alerts, comment, reasons } = departure.data;
    const target = await this.incidents.load(streams.incident(toIncidentId));
    if (!target.state?.arrived.has(departure.id)) {
      const { actor, $correlationId } = departure.metadata;
      await this.incidents.execute(
        streams.incident(toIncidentId),
        { id: commandId('arrival', departure.id), actor, correlationId: $correlationId },
        moveIn({ incidentId: toIncidentId, fromIncidentId, transferId: departure.id, alerts, comment, reasons }),
      );
    }
    return departure;
  }

  private async departureAt(incidentId: string, revision: number): Promise<RecordedEvent<AlertMovedOut>> {
    for await (const event of this.log.read(streams.incident(incidentId), { from: revision, max: 1 }))
      if (event.type === 'AlertMovedOut') return event as RecordedEvent<AlertMovedOut>;
    throw new Error(`Event ${revision} of incident ${incidentId} is not the departure that its fold tells of`);
  }

  /** All incidents that the alert was in before this one. */
  async before(incidentId: string, alertId: string): Promise<string[]> {
    const passed = new Set([incidentId]);
    for (const place of passed) {
      const { state } = await this.incidents.load(streams.incident(place));
      for (const before of state?.cameFrom.get(alertId) ?? []) passed.add(before);
    }
    passed.delete(incidentId);
    return [...passed];
  }
}
