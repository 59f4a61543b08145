import { randomUUID } from 'node:crypto';
import { EventTooLarge, MalformedEvent, NotSerialisable } from '#event-store';
import type { Command, DeciderRunner } from '#event-store';
import { limits, streams } from '#incidents';
import type { AlertEvent, AlertReport, CommentImported, ReportedAlert } from '#incidents';
import { AlertNotRouted } from './alert-hints.js';
import type { AlertIntake } from './alert-intake.js';
import { inLanes } from './lanes.js';
import type { Incidents } from './transfers.js';

/** An alert that comes along. `contentHash` tells its report from the same one again. */
export interface AlertAlong {
  readonly report: AlertReport;
  readonly contentHash: string;
  readonly comments: readonly CommentImported['data'][];
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

/** An alert, and what became of it. */
export interface Taken {
  readonly alert: AlertAlong;
  readonly arrival: AlertArrival;
  /** Whether anything was written. */
  readonly isNew: boolean;
  /** What is known of it, where it came in another version than that; `report` itself where that is what is known now. */
  readonly known: AlertReport | null;
  readonly position: bigint;
}

/** Takes in the alerts that come along with an incident; the correlator brings them there. */
export class AlertsAlong {
  constructor(
    private readonly incidents: Incidents,
    private readonly reports: DeciderRunner<ReportedAlert | undefined, AlertEvent>,
    private readonly intake: AlertIntake,
  ) {}

  /** Resolves when each is in its incident, or is known to be refused, or has waited for too long. */
  async takeIn(command: Command, incidentId: string, alerts: readonly AlertAlong[]): Promise<Taken[]> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    const here = new Set(alerts.map(({ report }) => report.id).filter((alertId) => state?.alerts.has(alertId)));
    let room = limits.alerts - (state?.alerts.size ?? 0);
    let patienceMs: number | undefined;

    const idOf = ({ report }: AlertAlong) => report.id;
    return inLanes(alerts, idOf, async (alert) => {
      const { id } = alert.report;
      if (here.has(id) && (await this.otherwiseKnown(alert)) === null)
        return untouched(alert, { outcome: 'unchanged', incidentId });
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

  /** Null where it is known in just this version, or not at all. */
  private async otherwiseKnown({ report: { id }, contentHash }: AlertAlong): Promise<AlertReport | null> {
    const { state } = await this.reports.load(streams.alert(id));
    return state && state.contentHash !== contentHash ? state.report : null;
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
        known: outcome === 'updated' ? report : outcome === 'unchanged' ? await this.otherwiseKnown(alert) : null,
        position,
      };
    } catch (error) {
      if (error instanceof AlertNotRouted) return untouched(alert, { outcome: 'waiting', incidentId: null });
      if (isItsOwn(error)) return untouched(alert, refusedFor(error));
      throw error;
    }
  }
}

/** It lies with the alert, and nothing of it was written. What else fails says nothing of an alert: all is sent again. */
const isItsOwn = (error: unknown): boolean =>
  error instanceof EventTooLarge || error instanceof NotSerialisable || error instanceof MalformedEvent;

const untouched = (alert: AlertAlong, arrival: Omit<AlertArrival, 'alertId'>): Taken => ({
  alert,
  arrival: { alertId: alert.report.id, ...arrival },
  isNew: false,
  known: null,
  position: 0n,
});

const refusedFor = (because: unknown) => ({ outcome: 'refused', incidentId: null, because }) as const;

/** Of alerts that are in the incident, or will be, for this import. */
export const justCame: ReadonlySet<AlertArrival['outcome']> = new Set(['imported', 'waiting']);
