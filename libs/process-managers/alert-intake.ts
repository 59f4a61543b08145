import { Gate, commandId } from '#event-store';
import type { Command, DeciderRunner, EventLog, RecordedEvent } from '#event-store';
import { acceptsAlerts, reportAlert, streams, summarise, updateAlert } from '#incidents';
import type { AlertEvent, AlertReport, AlertReportUpdated, Refusal, ReportedAlert } from '#incidents';
import type { AlertDesk } from './alert-desk.js';
import type { Arrivals } from './arrivals.js';
import { reportUpdates } from './system-actors.js';
import type { Incidents } from './transfers.js';
import type { Whereabouts } from './whereabouts.js';

/** `incidentId` null: the alert is safe, but has no incident yet. */
export interface Reported {
  readonly outcome: 'reported' | 'updated' | 'unchanged';
  /** The same command came before. */
  readonly repeated: boolean;
  readonly alertId: string;
  readonly incidentId: string | null;
  readonly position: bigint;
}

export interface AlertIntakeOptions {
  readonly log: EventLog;
  readonly reports: DeciderRunner<ReportedAlert | undefined, AlertEvent>;
  readonly incidents: Incidents;
  readonly whereabouts: Whereabouts;
  readonly desk: AlertDesk;
  readonly arrivals: Arrivals;
  /** How long a report waits for its incident, in milliseconds. Default 5,000. */
  readonly patienceMs?: number;
}

export interface ReportOptions {
  /** The alert came along with the incident that it names, from elsewhere. Whoever imports it has seen that there is room for it. */
  readonly imported?: boolean;
  /** In milliseconds; else as long as reports usually wait. */
  readonly patienceMs?: number | undefined;
  /** Answers as soon as the report is safe, without the alert's incident, whichever it was or will be. */
  readonly atOnce?: boolean | undefined;
}

/** So many reports are read and appended at a time. Any number of them may wait for their incidents. */
const takenInAtOnce = 64;

/** Takes in what products report. The correlator gives each alert its incident; a report answers when it has done so. */
export class AlertIntake {
  private readonly gate = new Gate(takenInAtOnce);

  constructor(private readonly options: AlertIntakeOptions) {}

  /** `contentHash` tells a report from the same one again. `incidentId`: where the report says it belongs, if it does. */
  async report(
    command: Command,
    report: AlertReport,
    contentHash: string,
    incidentId: string | null,
    { imported = false, patienceMs = this.options.patienceMs ?? 5_000, atOnce = false }: ReportOptions = {},
  ): Promise<Reported | Refusal> {
    const { arrivals, reports } = this.options;
    const refusal = incidentId === null || imported ? undefined : await this.refusalOf(incidentId, report.id);
    if (refusal) return refusal;

    const expectation = atOnce ? undefined : await arrivals.expect(report.id);
    try {
      const decision = reportAlert(report, contentHash, incidentId, { imported });
      const execution = await this.gate.pass(() =>
        reports.execute<never>(streams.alert(report.id), command, decision, {
          presumeNew: command.bodyHash === undefined, // with a key it may have come before: the store would take the repeat for the first
        }),
      );
      if (execution.outcome === 'refused') return execution.refusal;
      const { outcome, revision, position } = execution;
      const isUpdate = (execution.events as readonly string[]).includes('AlertReportUpdated');
      const answer = {
        alertId: report.id,
        outcome: isUpdate ? 'updated' : outcome === 'unchanged' ? 'unchanged' : 'reported',
        repeated: outcome === 'repeated',
      } as const;
      if (!expectation) return { ...answer, incidentId: null, position };
      if (isUpdate) return { ...answer, ...(await this.followUp(report.id, revision)) };
      if (outcome === 'appended')
        return { ...answer, ...((await expectation.within(patienceMs)) ?? { incidentId: null, position }) };
      const place = await this.options.whereabouts.find(report.id);
      return { ...answer, ...(await this.seenIn(place, position)) };
    } finally {
      expectation?.end();
    }
  }

  /** The alert may have changed its incident's name: the position is that of all that came with it. */
  private async seenIn(
    place: string | undefined,
    position: bigint,
  ): Promise<Pick<Reported, 'incidentId' | 'position'>> {
    if (place === undefined) return { incidentId: null, position };
    const incident = await this.options.incidents.load(streams.incident(place));
    return { incidentId: place, position: incident.position > position ? incident.position : position };
  }

  /**
   * An alert that is here already stays where it is: the incident that its report names counts the first time only. One that was merged is
   * followed to the incident that it is part of.
   */
  private async refusalOf(incidentId: string, alertId: string): Promise<Refusal | undefined> {
    const known = await this.options.reports.load(streams.alert(alertId));
    if (known.revision >= 0) return undefined;
    let { state } = await this.options.incidents.load(streams.incident(incidentId));
    while (state?.redirect)
      ({ state } = await this.options.incidents.load(streams.incident(state.redirect.toIncidentId)));
    const accepted = acceptsAlerts(1)(state);
    return 'refused' in accepted ? accepted : undefined;
  }

  private async followUp(alertId: string, revision: number): Promise<Pick<Reported, 'incidentId' | 'position'>> {
    for await (const event of this.options.log.read(streams.alert(alertId), { from: revision, max: 1 }))
      return this.applyUpdate(event as RecordedEvent<AlertReportUpdated>);
    throw new Error(`Update ${revision} of alert ${alertId} was written and is not there`);
  }

  /**
   * Lets the alert's incident follow what the product says now. May be called any number of times, and in any order: the fold knows
   * which report is the newest. Throws AlertNotRouted.
   */
  async applyUpdate({
    id,
    data: { report },
    metadata,
    revision,
    position,
  }: RecordedEvent<AlertReportUpdated>): Promise<Pick<Reported, 'incidentId' | 'position'>> {
    const command = {
      id: commandId('report-update', id),
      actor: reportUpdates,
      correlationId: metadata.$correlationId,
    };
    const execution = await this.options.desk.decide(report.id, command, updateAlert(summarise(report, revision)));
    const { incidentId = null } = execution;
    return { incidentId, position: execution.outcome === 'refused' ? position : execution.position };
  }
}
