import { randomUUID } from 'node:crypto';
import type { Command, DeciderRunner } from '#event-store';
import {
  alertDifferencesOf,
  differencesOf,
  importComments,
  limits,
  severityFollows,
  streams,
  summarise,
} from '#incidents';
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
  /** Whether anything was written. */
  readonly isNew: boolean;
  /** Whether it came in just the version that is known. */
  readonly isKnown: boolean;
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
      closedAlertIds: closedOf(here, taken),
      comments: told,
    };
  }

  private async takeIn(command: Command, incidentId: string, alerts: readonly AlertAlong[]): Promise<Taken[]> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    const here = new Set(alerts.map(({ report }) => report.id).filter((alertId) => state?.alerts.has(alertId)));
    let room = limits.alerts - (state?.alerts.size ?? 0);
    let patienceMs: number | undefined;

    const idOf = ({ report }: AlertAlong) => report.id;
    return inLanes(alerts, idOf, async (alert) => {
      const { id } = alert.report;
      if (here.has(id) && (await this.isKnown(alert)))
        return { ...untouched(alert, { outcome: 'unchanged', incidentId }), isKnown: true };
      if (room <= 0 && !(await this.wasReported(id)))
        return untouched(alert, refusedFor({ refused: 'too-many-alerts', incidentId, limit: limits.alerts }));

      room -= 1;
      const taken = await this.takeInOne(command, incidentId, alert, patienceMs);
      if (!justCame.has(taken.arrival.outcome)) room += 1;
      // Nobody routes alerts at present: the others need not be waited for one by one.
      if (taken.arrival.outcome === 'waiting') patienceMs = 0;
      return taken;
    });
  }

  /** In just this version. */
  private async isKnown({ report: { id }, contentHash }: AlertAlong): Promise<boolean> {
    return (await this.reports.load(streams.alert(id))).state?.contentHash === contentHash;
  }

  private async wasReported(alertId: string): Promise<boolean> {
    return (await this.reports.load(streams.alert(alertId))).revision >= 0;
  }

  private async takeInOne(
    { actor, correlationId }: Command,
    incidentId: string,
    alert: AlertAlong,
    patienceMs: number | undefined,
  ): Promise<Taken> {
    const { report, contentHash } = alert;
    const options = { imported: true, patienceMs };
    try {
      const command = { id: randomUUID(), actor, correlationId };
      const reported = await this.intake.report(command, report, contentHash, incidentId, options);
      if ('refused' in reported) return untouched(alert, refusedFor(reported));
      const { outcome, incidentId: place, position } = reported;
      const arrived = outcome === 'reported' ? 'imported' : outcome;
      const became = place === null ? 'waiting' : place === incidentId ? arrived : 'elsewhere';
      return {
        ...untouched(alert, { outcome: became, incidentId: place }),
        isNew: outcome !== 'unchanged' && became !== 'elsewhere',
        isKnown: outcome === 'unchanged' && (await this.isKnown(alert)),
        position,
      };
    } catch (error) {
      const isWaiting = error instanceof AlertNotRouted;
      return untouched(alert, isWaiting ? { outcome: 'waiting', incidentId: null } : refusedFor(error));
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
}

const untouched = (alert: AlertAlong, arrival: Omit<AlertArrival, 'alertId'>): Taken => ({
  alert,
  arrival: { alertId: alert.report.id, ...arrival },
  isNew: false,
  isKnown: false,
  position: 0n,
});

const refusedFor = (because: unknown) => ({ outcome: 'refused', incidentId: null, because }) as const;

/** What is otherwise in the version that came, where that is not the one that is known. */
function differencesOfAlert(here: Incident, { alert, arrival, isKnown }: Taken): ImportedIncident['differences'] {
  const { alertId, outcome } = arrival;
  const summary = here.alerts.get(alertId);
  if (!summary || isKnown || (outcome !== 'updated' && outcome !== 'unchanged')) return [];
  const differences = alertDifferencesOf(summary, summarise(alert.report, 0));
  return differences.map((difference) => ({ ...difference, alertId }));
}

const closedOf = ({ status }: Incident, taken: readonly Taken[]): string[] =>
  status === 'resolved'
    ? taken
        .filter(({ alert, arrival: { outcome } }) => alert.report.status !== 'resolved' && justCame.has(outcome))
        .map(({ arrival }) => arrival.alertId)
    : [];
const justCame: ReadonlySet<AlertArrival['outcome']> = new Set(['imported', 'waiting']);
