import { MalformedEvent } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { AlertSummary, IncidentEvent } from '#incidents';
import { isReadable } from '../readable.js';
import type { Incidents } from '../transfers.js';
import type { KnownIncidents } from './known-incidents.js';
import { RecentIncident } from './recent-incident.js';

/** An incident that an alert may join. */
export interface Candidate {
  readonly incidentId: string;
  /** The first of the alert's keys that both share. */
  readonly entity: string;
}

/** What became of alerts that were brought to an incident. */
export interface Brought {
  readonly outcome: 'appended' | 'repeated' | 'unchanged';
  /** Of the last event. */
  readonly revision: number;
  /** The types of the events. */
  readonly events: readonly string[];
}

export interface CorrelationIndexOptions {
  readonly incidents: Incidents;
  readonly clock: () => Date;
  /** Incidents that have not changed for so long are left out, in milliseconds. */
  readonly windowMs: number;
}

/**
 * Entity key → incidents that are not resolved and changed within the window, in memory. It begins with what the read model knows, and
 * follows the log from there: an event that an incident reflects already counts once. Where events lie between what it knows and what it is
 * told, or an incident comes back after the window, it takes the incident from its stream.
 */
export class CorrelationIndex {
  /** The longest unchanged first, all but those whose times come from elsewhere. Resolved ones too: they may be reopened. */
  private readonly recent = new Map<string, RecentIncident>();
  private readonly openAbout = new Map<string, Set<RecentIncident>>();

  constructor(private readonly options: CorrelationIndexOptions) {}

  async load(known: KnownIncidents): Promise<void> {
    for await (const incident of known.changedSince(this.since)) this.enter(RecentIncident.known(incident));
  }

  /** `batch`: the events of the log in order, as they come. */
  async follow(batch: readonly RecordedEvent[]): Promise<void> {
    const prefix = streams.incident('');
    for (const event of batch)
      if (event.stream.startsWith(prefix))
        await this.take(event.stream.slice(prefix.length), event as RecordedEvent<IncidentEvent>);
    this.forgetOld();
  }

  /** What this process has brought counts at once. */
  async brought(incidentId: string, alerts: readonly AlertSummary[], brought: Brought): Promise<void> {
    const { outcome, revision, events } = brought;
    const known = this.recent.get(incidentId);
    if (known && known.revision >= revision) return;
    const at = this.options.clock().toISOString();
    if (outcome !== 'appended') return this.takeFromStream(incidentId);
    if (revision - events.length !== (known?.revision ?? -1)) return this.takeFromStream(incidentId, at);

    const incident = known ?? RecentIncident.begun(incidentId, { isOpen: true, at });
    incident.revision = revision;
    this.link(incident, incident.add(alerts));
    this.touch(incident, at);
  }

  /** Of the incidents that `accepts` lets through the most recently updated; of those that changed at once the one with the highest number. */
  mostRecent(entityKeys: readonly string[], accepts: (incident: RecentIncident) => boolean): Candidate | undefined {
    const since = this.since.toISOString();
    let best: { incident: RecentIncident; entity: string } | undefined;
    for (const entity of entityKeys)
      for (const incident of this.openAbout.get(entity) ?? [])
        if (incident.lastUpdateDateTime >= since && (!best || isNewer(incident, best.incident)) && accepts(incident))
          best = { incident, entity };
    return best && { incidentId: best.incident.incidentId, entity: best.entity };
  }

  /** 0 where the incident is not known to have changed within the window. */
  alertsIn(incidentId: string): number {
    return this.recent.get(incidentId)?.alertCount ?? 0;
  }

  /**
   * `lastUpdateDateTime`: not before this; otherwise when the last event of the stream happened. One whose stream cannot be read takes no
   * alerts.
   */
  async takeFromStream(incidentId: string, lastUpdateDateTime?: string): Promise<void> {
    const loaded = await this.options.incidents.load(streams.incident(incidentId)).catch((error: unknown) => {
      if (error instanceof MalformedEvent) return undefined;
      throw error;
    });
    if (!loaded) return this.forget(incidentId);
    const { state, revision, at } = loaded;
    const before = this.recent.get(incidentId)?.lastUpdateDateTime ?? '';
    this.forget(incidentId);
    const changed = lastUpdateDateTime ?? at ?? '';
    if (state && !state.redirect)
      this.enter(RecentIncident.folded(state, revision, changed > before ? changed : before));
  }

  private async take(incidentId: string, event: RecordedEvent<IncidentEvent>): Promise<void> {
    if (event.type === 'IncidentMerged' || !isReadable(event)) return this.forget(incidentId);
    const { at } = event.metadata;
    const known = this.recent.get(incidentId) ?? begunBy(incidentId, event);
    if (!known) {
      if (!cameAlong(event) && at >= this.since.toISOString()) await this.takeFromStream(incidentId, at);
      return;
    }
    this.recent.set(incidentId, known);
    if (event.revision > known.revision + 1) return this.takeFromStream(incidentId, at);
    if (event.revision > known.revision) this.link(known, known.take(event));
    if (!cameAlong(event)) this.touch(known, at);
    if (known.lastUpdateDateTime < this.since.toISOString()) this.forget(incidentId);
  }

  private enter(incident: RecentIncident): void {
    if (incident.lastUpdateDateTime < this.since.toISOString()) return;
    this.recent.set(incident.incidentId, incident);
    this.link(incident, incident.entityKeys);
  }

  private touch(incident: RecentIncident, at: string): void {
    if (at > incident.lastUpdateDateTime) incident.lastUpdateDateTime = at;
    this.recent.delete(incident.incidentId);
    this.recent.set(incident.incidentId, incident);
  }

  private link(incident: RecentIncident, entityKeys: Iterable<string>): void {
    for (const key of entityKeys)
      if (incident.isOpen && incident.isAbout(key))
        this.openAbout.set(key, (this.openAbout.get(key) ?? new Set()).add(incident));
      else this.unlink(incident, key);
  }

  private unlink(incident: RecentIncident, entityKey: string): void {
    const incidents = this.openAbout.get(entityKey);
    if (incidents?.delete(incident) && incidents.size === 0) this.openAbout.delete(entityKey);
  }

  private forgetOld(): void {
    const since = this.since.toISOString();
    for (const { incidentId, lastUpdateDateTime } of this.recent.values()) {
      if (lastUpdateDateTime >= since) return;
      this.forget(incidentId);
    }
  }

  private forget(incidentId: string): void {
    const incident = this.recent.get(incidentId);
    if (!incident) return;
    this.recent.delete(incidentId);
    for (const key of incident.entityKeys) this.unlink(incident, key);
  }

  private get since(): Date {
    return new Date(this.options.clock().getTime() - this.options.windowMs);
  }
}

function isNewer(one: RecentIncident, other: RecentIncident): boolean {
  if (one.lastUpdateDateTime !== other.lastUpdateDateTime) return one.lastUpdateDateTime > other.lastUpdateDateTime;
  return Number(one.incidentId) > Number(other.incidentId);
}

function begunBy(
  incidentId: string,
  { type, data, metadata }: RecordedEvent<IncidentEvent>,
): RecentIncident | undefined {
  if (type === 'IncidentOpened') return RecentIncident.begun(incidentId, { isOpen: true, at: metadata.at });
  if (type !== 'IncidentImported') return undefined;
  const at = new Date(data.lastUpdateDateTime).toISOString();
  return RecentIncident.begun(incidentId, { isOpen: data.status !== 'resolved', at });
}

/** What only repeats what was so elsewhere is no change here. */
const cameAlong = (event: RecordedEvent<IncidentEvent>): boolean =>
  event.type === 'IncidentImported' ||
  event.type === 'CommentImported' ||
  (event.type === 'AlertAdded' && event.data.reason.rule === 'imported');
