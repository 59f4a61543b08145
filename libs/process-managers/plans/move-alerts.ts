import { commandId } from '#event-store';
import type { Command } from '#event-store';
import { acceptsAlerts, moveOut, streams } from '#incidents';
import type { CorrelationReason, MovePlanned, Refusal } from '#incidents';
import type { IncidentRegister } from '../incident-register.js';
import type { Incidents, Whereabouts } from '../whereabouts.js';
import type { PlanLog, StandingPlan } from './plan-log.js';
import { commandOf } from './plan-log.js';

/** `toIncidentId: null` opens a new incident for the alerts. */
export interface Move {
  readonly alertIds: readonly string[];
  readonly toIncidentId: string | null;
  readonly comment: string | null;
  readonly reasons: readonly CorrelationReason[];
}

/** `unchanged`: the alert was in the target already. `from`: the incident that it was in when the move was planned. */
export type MovedAlert = {
  readonly alertId: string;
  readonly status: 'moved' | 'unchanged';
  readonly fromIncidentId: string;
};

/** `revision` and `position` are the target's after the last arrival. */
export interface Moved {
  readonly outcome: 'appended' | 'repeated' | 'unchanged';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly value: readonly MovedAlert[];
}

/** Keeps one departure below what an append may hold, with the summaries of the alerts in it. */
const alertsInOneDeparture = 250;

/**
 * Moves alerts from however many incidents into one. The departures are the commits, each on the stream that the alerts leave; the
 * arrivals follow. Whoever carries the plan out again finds what is done and does the rest.
 */
export class MoveAlerts {
  constructor(
    private readonly plans: PlanLog,
    private readonly register: IncidentRegister,
    private readonly incidents: Incidents,
    private readonly whereabouts: Whereabouts,
  ) {}

  /** Throws AlertNotRouted where an alert was reported a moment ago. */
  async move(command: Command, move: Move): Promise<Moved | Refusal> {
    // Only a command with a key can have come before.
    const standing = command.bodyHash === undefined ? undefined : await this.plans.find(command);
    if (standing) return { ...(await this.carryOut(standing)), outcome: 'repeated' };

    const found = await this.findAll(move.alertIds);
    if ('refused' in found) return found;
    const opensIncident = move.toIncidentId === null;
    if (move.toIncidentId !== null) {
      const coming = found.filter(({ fromIncidentId }) => fromIncidentId !== move.toIncidentId);
      const target = await this.incidents.load(streams.incident(move.toIncidentId));
      const accepted = acceptsAlerts(coming.length)(target.state);
      if ('refused' in accepted) return accepted;
      if (coming.length === 0) {
        const value = found.map((alert) => ({ ...alert, status: 'unchanged' as const }));
        return {
          outcome: 'unchanged',
          incidentId: move.toIncidentId,
          revision: target.revision,
          position: target.position,
          value,
        };
      }
    }
    const toIncidentId = move.toIncidentId ?? (await this.register.nextNumber(command));
    const { comment, reasons } = move;
    const data = { alerts: found, toIncidentId, opensIncident, comment, reasons };
    return this.carryOut(await this.plans.settle(command, { type: 'MovePlanned', data }));
  }

  private async findAll(alertIds: readonly string[]): Promise<MovePlanned['data']['alerts'] | Refusal> {
    const distinct = [...new Set(alertIds)];
    const places = await Promise.all(distinct.map((alertId) => this.whereabouts.find(alertId)));
    const unknown = distinct.filter((_, index) => places[index] === undefined);
    if (unknown.length > 0) return { refused: 'unknown-alert', alertIds: unknown };
    return distinct.map((alertId, index) => ({ alertId, fromIncidentId: places[index]! }));
  }

  /** May be called any number of times. */
  async carryOut(standing: StandingPlan): Promise<Moved> {
    const { plan, answer } = standing;
    const { alerts, toIncidentId } = plan.data as MovePlanned['data'];
    if (!answer) {
      let left: MovePlanned['data']['alerts'] = alerts.filter(({ fromIncidentId }) => fromIncidentId !== toIncidentId);
      while (left.length > 0) left = await this.depart(standing, left);
    }
    const value = alerts.map(({ alertId, fromIncidentId }) => ({
      alertId,
      fromIncidentId,
      status: fromIncidentId === toIncidentId ? ('unchanged' as const) : ('moved' as const),
    }));
    const { revision, position } = await this.incidents.load(streams.incident(toIncidentId));
    const settled = (answer ?? { revision, position: String(position) }) as { revision: number; position: string };
    if (!answer) await this.plans.finish(plan, settled);
    return {
      outcome: answer ? 'repeated' : 'appended',
      incidentId: toIncidentId,
      revision: settled.revision,
      position: BigInt(settled.position),
      value,
    };
  }

  /** Sends off the alerts from where they are now, and gives back those that were moved elsewhere at the same moment. */
  private async depart(
    { plan }: StandingPlan,
    left: MovePlanned['data']['alerts'],
  ): Promise<MovePlanned['data']['alerts']> {
    const { toIncidentId, comment, reasons } = plan.data as MovePlanned['data'];
    const bySource = new Map<string, string[]>();
    for (const { alertId, fromIncidentId } of left) {
      const source = await this.whereabouts.followFrom(fromIncidentId, alertId);
      if (source !== toIncidentId) bySource.set(source, [...(bySource.get(source) ?? []), alertId]);
    }
    const again: { alertId: string; fromIncidentId: string }[] = [];
    for (const [source, all] of bySource) {
      for (let start = 0; start < all.length; start += alertsInOneDeparture) {
        const alertIds = all.slice(start, start + alertsInOneDeparture);
        const { id, ...command } = commandOf(plan);
        const execution = await this.incidents.execute<Refusal>(
          streams.incident(source),
          { ...command, id: commandId(id, 'leave', ...alertIds) },
          moveOut({ alertIds, toIncidentId, comment, reasons }),
        );
        if (execution.outcome === 'refused')
          again.push(...alertIds.map((alertId) => ({ alertId, fromIncidentId: source })));
        else await this.arrive(source, alertIds[0]!);
      }
    }
    return again;
  }

  private async arrive(source: string, alertId: string): Promise<void> {
    const { state } = await this.incidents.load(streams.incident(source));
    const departure = state?.departed.get(alertId);
    if (departure) await this.whereabouts.complete(source, departure);
  }
}
