import { commandId } from '#event-store';
import type { DeciderRunner, EventLog } from '#event-store';
import { moveIn, streams } from '#incidents';
import type { AlertMovedOut, Departure, Incident, IncidentEvent } from '#incidents';
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
    await this.complete(incidentId, departure);
    return this.followFrom(departure.toIncidentId, alertId);
  }

  /** Writes the arrival that belongs to a departure, unless it is there. */
  async complete(fromIncidentId: string, { toIncidentId, transferId, revision }: Departure): Promise<void> {
    const target = await this.incidents.load(streams.incident(toIncidentId));
    if (target.state?.arrived.has(transferId)) return;
    for await (const departure of this.log.read(streams.incident(fromIncidentId), { from: revision, max: 1 })) {
      const { alerts, comment, reasons } = departure.data as AlertMovedOut['data'];
      const { actor, $correlationId } = departure.metadata;
      await this.incidents.execute(
        streams.incident(toIncidentId),
        { id: commandId('arrival', transferId), actor, correlationId: $correlationId },
        moveIn({ incidentId: toIncidentId, fromIncidentId, transferId, alerts, comment, reasons }),
      );
    }
  }

  /** The incidents that the alert was moved through to this one, the nearest first. */
  async before(incidentId: string, alertId: string): Promise<string[]> {
    const passed = new Set<string>();
    let from = await this.cameFrom(incidentId, alertId);
    while (from !== undefined && from !== incidentId && !passed.has(from)) {
      passed.add(from);
      from = await this.cameFrom(from, alertId);
    }
    return [...passed];
  }

  private async cameFrom(incidentId: string, alertId: string): Promise<string | undefined> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    return state?.cameFrom.get(alertId);
  }
}
