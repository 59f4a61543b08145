import type { EventCatalogue, RecordedEvent } from '#event-store';
import { incidentDecider } from '#incidents';
import type { AlertSummary, Incident, IncidentEvent } from '#incidents';
import { FoldedIncident, historyEntry, presentIncident } from '#read-model';
import type { HistoryEntry, PresentedIncident } from '#read-model';

/** An alert as it stood in its incident; what was detected beyond that is in its report. */
export type AlertThen = Omit<
  AlertSummary,
  'alertId' | 'entityKeys' | 'assets' | 'reportRevision' | 'firstActivityDateTime' | 'lastActivityDateTime'
> & {
  readonly id: string;
};

export interface IncidentThen {
  readonly incident: PresentedIncident;
  readonly alerts: readonly AlertThen[];
  /** The oldest first. */
  readonly history: readonly HistoryEntry[];
}

/** Folds the stream of one incident; undefined where there are no events. Throws where an event cannot be folded. */
export async function incidentThen(
  events: AsyncIterable<RecordedEvent>,
  catalogue: EventCatalogue,
): Promise<IncidentThen | undefined> {
  const folded = new FoldedIncident();
  let state: Incident | undefined = incidentDecider.initial();
  const history: HistoryEntry[] = [];
  for await (const stored of events) {
    const event = catalogue.decode(stored) as RecordedEvent<IncidentEvent>;
    folded.apply(event);
    state = incidentDecider.evolve(state, event);
    history.push(historyEntry(event));
  }
  const { document } = folded;
  if (!document || !state) return undefined;
  return { incident: presentIncident(document), alerts: [...state.alerts.values()].map(presented), history };
}

const presented = (alert: AlertSummary): AlertThen => ({
  id: alert.alertId,
  title: alert.title,
  severity: alert.severity,
  status: alert.status,
  category: alert.category,
  serviceSource: alert.serviceSource,
  detectionSource: alert.detectionSource,
  assignedTo: alert.assignedTo,
  classification: alert.classification,
  determination: alert.determination,
});
