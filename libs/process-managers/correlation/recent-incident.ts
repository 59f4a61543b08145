import type { RecordedEvent } from '#event-store';
import type { AlertSummary, Incident, IncidentEvent } from '#incidents';
import type { KnownIncident } from './known-incidents.js';

/** One incident of the correlation index: what its alerts are about, and whether it takes more. */
export class RecentIncident {
  private readonly alertsAbout: Map<string, number>;

  private constructor(
    readonly incidentId: string,
    /** Of the last event that this reflects. */
    public revision: number,
    public isOpen: boolean,
    /** ISO 8601. */
    public lastUpdateDateTime: string,
    public alertCount: number,
    entities: Iterable<readonly [key: string, alerts: number]>,
  ) {
    this.alertsAbout = new Map(entities);
  }

  static known({
    incidentId,
    revision,
    isOpen,
    lastUpdateDateTime,
    alertCount,
    entities,
  }: KnownIncident): RecentIncident {
    return new RecentIncident(incidentId, revision, isOpen, lastUpdateDateTime, alertCount, entities);
  }

  static begun(incidentId: string, { isOpen, at }: { isOpen: boolean; at: string }): RecentIncident {
    return new RecentIncident(incidentId, 0, isOpen, at, 0, []);
  }

  static folded(
    { incidentId, status, alerts }: Incident,
    revision: number,
    lastUpdateDateTime: string,
  ): RecentIncident {
    const recent = new RecentIncident(incidentId, revision, status !== 'resolved', lastUpdateDateTime, 0, []);
    recent.add([...alerts.values()]);
    return recent;
  }

  get entityKeys(): Iterable<string> {
    return this.alertsAbout.keys();
  }

  isAbout(entityKey: string): boolean {
    return this.alertsAbout.has(entityKey);
  }

  /** Gives back the keys that its standing under may have changed of. */
  take(event: RecordedEvent<IncidentEvent>): Iterable<string> {
    this.revision = event.revision;
    switch (event.type) {
      case 'AlertAdded':
        return this.add([event.data.alert]);
      case 'AlertMovedIn':
        return this.add(event.data.alerts);
      case 'AlertMovedOut':
        return this.remove(event.data.alerts);
      case 'AlertUpdated':
        return [...this.remove([event.data.previous]), ...this.add([event.data.alert])];
      case 'IncidentResolved':
        this.isOpen = false;
        return this.entityKeys;
      case 'IncidentReopened':
      case 'InvestigationStarted':
        this.isOpen = true;
        return this.entityKeys;
      default:
        return [];
    }
  }

  add(alerts: readonly AlertSummary[]): string[] {
    this.alertCount += alerts.length;
    const keys = alerts.flatMap(({ entityKeys }) => entityKeys);
    for (const key of keys) this.alertsAbout.set(key, (this.alertsAbout.get(key) ?? 0) + 1);
    return keys;
  }

  private remove(alerts: readonly AlertSummary[]): string[] {
    this.alertCount -= alerts.length;
    const keys = alerts.flatMap(({ entityKeys }) => entityKeys);
    for (const key of keys) {
      const left = (this.alertsAbout.get(key) ?? 0) - 1;
      if (left > 0) this.alertsAbout.set(key, left);
      else this.alertsAbout.delete(key);
    }
    return keys;
  }
}
