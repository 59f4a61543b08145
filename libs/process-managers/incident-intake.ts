import { randomUUID } from 'node:crypto';
import type { Command, DeciderRunner } from '#event-store';
import { alertDifferencesOf, differencesOf, importComments, severityFollows, streams, summarise } from '#incidents';
import type {
  AlertEvent,
  AlertReport,
  CommentImported,
  Difference,
  Incident,
  Refusal,
  ReportedAlert,
  SourceIncident,
} from '#incidents';
import { AlertNotRouted } from './alert-hints.js';
import type { AlertIntake } from './alert-intake.js';
import { inChunks } from './chunks.js';
import { inLanes } from './lanes.js';
import type { ImportIncidents } from './plans/import-incidents.js';
import type { Incidents } from './whereabouts.js';

type Comment = CommentImported['data'];

/** An alert that comes along. `contentHash` tells its report from the same one again. */
export interface AlertAlong {
  readonly report: AlertReport;
  readonly contentHash: string;
  readonly comments: readonly Comment[];
}

/** What comes from elsewhere in one go; more alerts of the same incident may follow. */
export interface Consignment {
  readonly incident: SourceIncident;
  readonly alerts: readonly AlertAlong[];
  /** On the incident itself. */
  readonly comments: readonly Comment[];
}

/**
 * What became of an alert. `updated`: it was here, and its product says more by now. `elsewhere`: it was here before, in another
 * incident, where it stays. `waiting`: it is safe, but has not arrived in its incident yet.
 */
export interface AlertArrival {
  readonly alertId: string;
  readonly outcome: 'imported' | 'updated' | 'unchanged' | 'elsewhere' | 'waiting' | 'refused';
  /** Null where it is waiting, or refused. */
  readonly incidentId: string | null;
  /** Why it is refused: a refusal of the domain, or what failed. */
  readonly because?: unknown;
}

/** `completed`: the incident was here, but alerts or comments came along that were not. */
export interface ImportedIncident {
  readonly outcome: 'imported' | 'completed' | 'unchanged';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly differences: readonly (Difference & { readonly alertId?: string })[];
  readonly alerts: readonly AlertArrival[];
  /** Alerts that were open where they come from, and were closed as their incident is resolved. */
  readonly closedAlertIds: readonly string[];
  readonly comments: {
    readonly imported: number;
    readonly unchanged: number;
    /** Comments on alerts that are in other incidents; they stay with the alerts' reports. */
    readonly leftOut: readonly Comment[];
  };
}

interface Taken {
  readonly alert: AlertAlong;
  readonly arrival: AlertArrival;
  readonly isNew: boolean;
  readonly position: bigint;
}

/** Brings incidents along from elsewhere, with their alerts and comments. Each step is done once, however often all is sent. */
export class IncidentIntake {
  constructor(
    private readonly importIncidents: ImportIncidents,
    private readonly incidents: Incidents,
    private readonly reports: DeciderRunner<ReportedAlert | undefined, AlertEvent>,
    private readonly intake: AlertIntake,
  ) {}

  async import(command: Command, { incident, alerts, comments }: Consignment): Promise<ImportedIncident | Refusal> {
    const reported = alerts.map(({ report }) => report);
    const severityIsAutomatic = severityFollows(incident.severity, reported);
    const numbered = await this.importIncidents.import(command, incident, severityIsAutomatic);
    if ('refused' in numbered) return numbered;
    const { outcome, imported: first } = numbered;
    const { incidentId } = first;

    const taken = await this.takeIn(command, incidentId, alerts);
    const told = await this.writeDown(command, incidentId, comments, taken);
    const { state, revision, position } = await this.incidents.load(streams.incident(incidentId));
    const here = state!;
    const differences = [
      ...(outcome === 'repeated' && first.contentHash !== incident.contentHash
        ? differencesOf(here, first, incident)
        : []),
      ...(await this.differencesOfAlerts(here, taken)),
    ];
    const cameAlong = told.imported > 0 || taken.some(({ isNew }) => isNew);
    return {
      outcome: outcome === 'appended' ? 'imported' : cameAlong ? 'completed' : 'unchanged',
      incidentId,
      revision,
      position: taken.reduce((latest, each) => (each.position > latest ? each.position : latest), position),
      differences,
      alerts: taken.map(({ arrival }) => arrival),
      closedAlertIds: closedOf(here, taken),
      comments: told,
    };
  }

  private async takeIn(command: Command, incidentId: string, alerts: readonly AlertAlong[]): Promise<Taken[]> {
    let patienceMs: number | undefined;
    const idOf = ({ report }: AlertAlong) => report.id;
    return inLanes(alerts, idOf, async (alert) => {
      const taken = await this.takeInOne(command, incidentId, alert, patienceMs);
      // Nobody routes alerts at present: the others need not be waited for one by one.
      if (taken.arrival.outcome === 'waiting') patienceMs = 0;
      return taken;
    });
  }

  private async takeInOne(
    { actor, correlationId }: Command,
    incidentId: string,
    alert: AlertAlong,
    patienceMs: number | undefined,
  ): Promise<Taken> {
    const { report, contentHash } = alert;
    const became = (arrival: Omit<AlertArrival, 'alertId'>, isNew = false, position = 0n): Taken => ({
      alert,
      arrival: { alertId: report.id, ...arrival },
      isNew,
      position,
    });
    try {
      const command = { id: randomUUID(), actor, correlationId };
      const reported = await this.intake.report(command, report, contentHash, incidentId, {
        imported: true,
        patienceMs,
      });
      if ('refused' in reported) return became({ outcome: 'refused', incidentId: null, because: reported });
      const { outcome, incidentId: place, position } = reported;
      const isNew = outcome !== 'unchanged';
      if (place === null) return became({ outcome: 'waiting', incidentId: null }, isNew, position);
      if (place !== incidentId) return became({ outcome: 'elsewhere', incidentId: place }, false, position);
      return became({ outcome: outcome === 'reported' ? 'imported' : outcome, incidentId }, isNew, position);
    } catch (error) {
      if (error instanceof AlertNotRouted) return became({ outcome: 'waiting', incidentId: null });
      return became({ outcome: 'refused', incidentId: null, because: error });
    }
  }

  /** Writes the comments, as many at once as fit into an append. */
  private async writeDown(
    { actor, correlationId }: Command,
    incidentId: string,
    ofIncident: readonly Comment[],
    taken: readonly Taken[],
  ): Promise<ImportedIncident['comments']> {
    const stream = streams.incident(incidentId);
    const commentsOf = (which: (arrival: AlertArrival) => boolean) =>
      taken.filter(({ arrival }) => which(arrival)).flatMap(({ alert }) => alert.comments);
    const isElsewhere = ({ outcome }: AlertArrival) => outcome === 'elsewhere';
    const isRefused = ({ outcome }: AlertArrival) => outcome === 'refused';
    const comments = [...ofIncident, ...commentsOf((arrival) => !isElsewhere(arrival) && !isRefused(arrival))];

    let imported = 0;
    for (const chunk of inChunks(comments, (comment) => [comment, actor, correlationId])) {
      const command = { id: randomUUID(), actor, correlationId };
      const execution = await this.incidents.execute<Refusal>(stream, command, importComments(chunk));
      if (execution.outcome !== 'refused') imported += execution.events.length;
    }
    const { state } = await this.incidents.load(stream);
    // An alert may have been moved away after its comments came: then they are here.
    const away = commentsOf(isElsewhere);
    const leftOut = away.filter(({ contentHash }) => !state?.importedComments.has(contentHash));
    return { imported, unchanged: comments.length - imported + away.length - leftOut.length, leftOut };
  }

  /** Of those that came in another version than the one that is known. */
  private async differencesOfAlerts(here: Incident, taken: readonly Taken[]): Promise<ImportedIncident['differences']> {
    const differences: (Difference & { alertId: string })[] = [];
    for (const { alert, arrival } of taken) {
      const { alertId, outcome } = arrival;
      const summary = here.alerts.get(alertId);
      if (!summary || (outcome !== 'updated' && outcome !== 'unchanged')) continue;
      const isKnown =
        outcome === 'unchanged' &&
        (await this.reports.load(streams.alert(alertId))).state?.contentHash === alert.contentHash;
      if (isKnown) continue;
      differences.push(
        ...alertDifferencesOf(summary, summarise(alert.report, 0)).map((difference) => ({ ...difference, alertId })),
      );
    }
    return differences;
  }
}

const closedOf = ({ status }: Incident, taken: readonly Taken[]): string[] =>
  status === 'resolved'
    ? taken
        .filter(({ alert, arrival: { outcome } }) => alert.report.status !== 'resolved' && justCame.has(outcome))
        .map(({ arrival }) => arrival.alertId)
    : [];
const justCame: ReadonlySet<AlertArrival['outcome']> = new Set(['imported', 'waiting']);
