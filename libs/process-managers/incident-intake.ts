import type { Command } from '#event-store';
import {
  alertDifferencesOf,
  differencesOf,
  reportDifferencesOf,
  severityFollows,
  streams,
  summarise,
} from '#incidents';
import type { AlertStatus, CommentImported, Difference, Incident, Refusal, SourceIncident } from '#incidents';
import { justCame } from './alerts-along.js';
import type { AlertAlong, AlertArrival, AlertsAlong, Taken } from './alerts-along.js';
import type { CommentsAlong, CommentsTaken } from './comments-along.js';
import type { ImportIncidents } from './plans/import-incidents.js';
import type { Incidents, Transfers } from './transfers.js';

type Comment = CommentImported['data'];

/** What comes from elsewhere in one go; more alerts of the same incident may follow. */
export interface Consignment {
  readonly incident: SourceIncident;
  readonly alerts: readonly AlertAlong[];
  /** On the incident itself. */
  readonly comments: readonly Comment[];
}

/**
 * `completed`: the incident was here, but alerts or comments came along that were not. `incidentId`: where it was merged here, the one that it
 * is part of.
 */
export interface ImportedIncident {
  readonly outcome: 'imported' | 'completed' | 'unchanged';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly differences: readonly (Difference & { readonly alertId?: string })[];
  readonly alerts: readonly AlertArrival[];
  /** Alerts that were open where they come from, and were closed as their incident is resolved. */
  readonly closed: readonly { readonly alertId: string; readonly from: AlertStatus }[];
  readonly comments: CommentsTaken;
}

/** Brings incidents along from elsewhere, with their alerts and comments. Each step is done once, however often all is sent. */
export class IncidentIntake {
  constructor(
    private readonly importIncidents: ImportIncidents,
    private readonly incidents: Incidents,
    private readonly transfers: Transfers,
    private readonly alertsAlong: AlertsAlong,
    private readonly commentsAlong: CommentsAlong,
  ) {}

  async import(command: Command, { incident, alerts, comments }: Consignment): Promise<ImportedIncident | Refusal> {
    const reported = alerts.map(({ report }) => report);
    const severityIsAutomatic = severityFollows(incident.severity, reported);
    const numbered = await this.importIncidents.import(command, incident, severityIsAutomatic);
    if ('refused' in numbered) return numbered;
    const { outcome, imported: first } = numbered;
    // What comes along with an incident that was merged here joins the one that it is part of.
    const way = await this.transfers.wayOf(first.incidentId);
    const incidentId = way.at(-1)!;

    const taken = await this.alertsAlong.takeIn(command, incidentId, alerts);
    const told = await this.commentsAlong.takeIn(command, way, comments, taken);
    const { state: asImported } = await this.incidents.load(streams.incident(first.incidentId));
    const { state, revision, position } = await this.incidents.load(streams.incident(incidentId));
    const here = state!;
    const differences = [
      ...(outcome === 'repeated' && first.contentHash !== incident.contentHash
        ? differencesOf(asImported!, first, incident)
        : []),
      ...taken.flatMap((each) => differencesOfAlert(here, each)),
    ];
    const cameAlong = told.imported > 0 || taken.some(({ isNew }) => isNew);
    return {
      outcome: outcome === 'appended' ? 'imported' : cameAlong ? 'completed' : 'unchanged',
      incidentId,
      revision,
      position: taken.reduce((latest, each) => (each.position > latest ? each.position : latest), position),
      differences,
      alerts: taken.map(({ arrival }) => arrival),
      closed: closedOf(here, taken),
      comments: told,
    };
  }
}

/** What is otherwise in the version that came, where that is not the one that is known. */
function differencesOfAlert(here: Incident, { alert, arrival, known }: Taken): ImportedIncident['differences'] {
  if (!known) return [];
  const { alertId } = arrival;
  const summary = here.alerts.get(alertId) ?? summarise(known, 0);
  const differences = [
    ...alertDifferencesOf(summary, summarise(alert.report, 0)),
    ...reportDifferencesOf(known, alert.report),
  ];
  return differences.map((difference) => ({ ...difference, alertId }));
}

const closedOf = ({ status }: Incident, taken: readonly Taken[]): ImportedIncident['closed'] =>
  status !== 'resolved'
    ? []
    : taken
        .filter(({ alert: { report }, arrival }) => report.status !== 'resolved' && justCame.has(arrival.outcome))
        .map(({ alert: { report } }) => ({ alertId: report.id, from: report.status }));
