import { commandId } from '#event-store';
import type { Command, DeciderRunner, EventLog, RecordedEvent } from '#event-store';
import { acceptsAlerts, reportAlert, streams, summarise, updateAlert } from '#incidents';
import type { AlertEvent, AlertReport, AlertReportUpdated, Refusal, ReportedAlert } from '#incidents';
import type { AlertDesk } from './alert-desk.js';
import type { Arrivals } from './arrivals.js';
import { reportUpdates } from './system-actors.js';
import type { Incidents, Whereabouts } from './whereabouts.js';

/** `incidentId` null: the alert is safe, but has no incident yet. */
export interface Reported {
  readonly outcome: 'reported' | 'updated' | 'unchanged';
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

/** Takes in what products report. The correlator gives each alert its incident; a report answers when it has done so. */
export class AlertIntake {
  constructor(private readonly options: AlertIntakeOptions) {}

  /** `contentHash` tells a report from the same one again. `incidentId`: where the report says it belongs, if it does. */
  async report(
    command: Command,
    report: AlertReport,
    contentHash: string,
    incidentId: string | null,
  ): Promise<Reported | Refusal> {
    const refusal = incidentId === null ? undefined : await this.refusalOf(incidentId, report.id);
    if (refusal) return refusal;

    const { incidents, reports, whereabouts } = this.options;
    const expectation = await this.options.arrivals.expect(report.id);
    try {
      const stream = streams.alert(report.id);
      const decision = reportAlert(report, contentHash, incidentId);
      const execution = await reports.execute<never>(stream, command, decision, {
        presumeNew: command.bodyHash === undefined, // with a key it may have come before: the store would take the repeat for the first
      });
      if (execution.outcome === 'refused') return execution.refusal;
      if (execution.outcome === 'appended' && execution.events.includes('AlertReported')) {
        const place = await expectation.within(this.options.patienceMs ?? 5_000);
        // The alert may have changed its incident's name: the position is that of all that came with it.
        const { position } = place === undefined ? execution : await incidents.load(streams.incident(place));
        return { outcome: 'reported', alertId: report.id, incidentId: place ?? null, position };
      }
      const updated = execution.outcome === 'appended';
      const position = updated ? await this.followUp(report.id, execution.revision) : execution.position;
      const place = (await whereabouts.find(report.id)) ?? null;
      return { outcome: updated ? 'updated' : 'unchanged', alertId: report.id, incidentId: place, position };
    } finally {
      expectation.end();
    }
  }

  /** An alert that is here already stays where it is: the incident that its report names counts the first time only. */
  private async refusalOf(incidentId: string, alertId: string): Promise<Refusal | undefined> {
    const known = await this.options.reports.load(streams.alert(alertId));
    if (known.revision >= 0) return undefined;
    const accepted = acceptsAlerts(1)((await this.options.incidents.load(streams.incident(incidentId))).state);
    return 'refused' in accepted ? accepted : undefined;
  }

  private async followUp(alertId: string, revision: number): Promise<bigint> {
    let position = 0n;
    for await (const event of this.options.log.read(streams.alert(alertId), { from: revision, max: 1 }))
      position = await this.applyUpdate(event as RecordedEvent<AlertReportUpdated>);
    return position;
  }

  /** Lets the alert's incident follow what the product says now; may be called any number of times. */
  async applyUpdate({ id, data: { report }, metadata, position }: RecordedEvent<AlertReportUpdated>): Promise<bigint> {
    const command = {
      id: commandId('report-update', id),
      actor: reportUpdates,
      correlationId: metadata.$correlationId,
    };
    const execution = await this.options.desk.decide(report.id, command, updateAlert(summarise(report)));
    return execution.outcome === 'refused' ? position : execution.position;
  }
}
