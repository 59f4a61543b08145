import { streams } from '#incidents';
import type { AlertHints } from './alert-hints.js';
import type { Incidents, Transfers } from './transfers.js';

/**
 * Finds the incident that an alert is in. The hint may be old: the incident's fold decides, and where the alert has left, the search
 * goes on where it went. An arrival that is still missing there is written first, so that an alert is never met on its way.
 */
export class Whereabouts {
  constructor(
    private readonly incidents: Incidents,
    private readonly transfers: Transfers,
    private readonly hints: AlertHints,
  ) {}

  /** Undefined where no such alert was ever reported. Throws AlertNotRouted where it was, but has no incident yet. */
  async find(alertId: string): Promise<string | undefined> {
    const hint = await this.hints.incidentOf(alertId);
    return hint === undefined ? undefined : this.followFrom(hint, alertId);
  }

  /** Searches on from an incident that the alert is in or was in, or that it left for. */
  async followFrom(incidentId: string, alertId: string): Promise<string> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    if (state?.alerts.has(alertId)) {
      this.hints.sawIn(alertId, incidentId);
      return incidentId;
    }
    const departure = state?.departed.get(alertId);
    if (departure) {
      await this.transfers.completeMove(incidentId, departure.revision);
      return this.followFrom(departure.toIncidentId, alertId);
    }
    if (!state?.redirect)
      throw new Error(`Alert ${alertId} has never been in incident ${incidentId}, where the read model has it`);
    if (state.redirect.alerts.has(alertId)) await this.transfers.completeMerge(incidentId);
    return this.followFrom(state.redirect.toIncidentId, alertId);
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
