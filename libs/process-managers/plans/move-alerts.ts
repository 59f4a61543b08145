import { commandId } from '#event-store';
import type { Command, RecordedEvent } from '#event-store';
import { acceptsAlerts, moveOut, streams } from '#incidents';
import type { CorrelationReason, IncidentEvent, MovePlanned, Refusal } from '#incidents';
import { alertsInChunks } from '../chunks.js';
import type { IncidentRegister } from '../incident-register.js';
import type { Incidents, Transfers } from '../transfers.js';
import type { Whereabouts } from '../whereabouts.js';
import type { PlanLog, StandingPlan } from './plan-log.js';
import { commandOf, orUnknown } from './plan-log.js';

/** `toIncidentId: null` opens a new incident for the alerts. */
export interface Move {
  readonly alertIds: readonly string[];
  readonly toIncidentId: string | null;
  readonly comment: string | null;
  readonly reasons: readonly CorrelationReason[];
}

/**
 * `unchanged`: the alert was in the target already. `refused`: somebody else moved it at the same moment; it is where they put it.
 * `fromIncidentId`: the incident that it was in when the move was planned.
 */
export type MovedAlert = {
  readonly alertId: string;
  readonly status: 'moved' | 'unchanged' | 'refused';
  readonly fromIncidentId: string;
};

/** `incidentId`: the incident that the alerts are in now; `revision` and `position` are its own after the last arrival. */
export interface Moved {
  readonly outcome: 'appended' | 'repeated' | 'unchanged';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly value: readonly MovedAlert[];
}

type Answer = {
  /** Where the target was merged meanwhile, the incident that it is part of. */
  readonly incidentId?: string;
  readonly revision: number;
  readonly position: string;
  readonly value: readonly MovedAlert[];
};

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
    private readonly transfers: Transfers,
  ) {}

  /** Throws AlertNotRouted where an alert was reported a moment ago, and OutcomeUnknown where the rest is left to the keeper of plans. */
  async move(command: Command, move: Move): Promise<Moved | Refusal> {
    const standing = await this.plans.findEarlier(command);
    if (standing) return this.carryOutNow(standing, 'repeated');
    const planned = await this.plan(command, move);
    if ('refused' in planned || 'outcome' in planned) return planned;
    return this.carryOutNow(await this.plans.settle(command, { type: 'MovePlanned', data: planned }), 'appended');
  }

  private async plan(
    command: Command,
    { alertIds, toIncidentId, ...because }: Move,
  ): Promise<MovePlanned['data'] | Moved | Refusal> {
    const places = await this.findAll([...new Set(alertIds)]);
    if ('refused' in places) return places;
    const staying = toIncidentId === null ? [] : (places.get(toIncidentId) ?? []);
    if (toIncidentId !== null) {
      places.delete(toIncidentId);
      const { state, revision, position } = await this.incidents.load(streams.incident(toIncidentId));
      const accepted = acceptsAlerts([...places.values()].flat().length)(state);
      if ('refused' in accepted) return accepted;
      if (places.size === 0)
        return {
          outcome: 'unchanged',
          incidentId: toIncidentId,
          revision,
          position,
          value: stay(toIncidentId, staying),
        };
    }
    const departures = await this.departures(places);
    return {
      departures,
      staying,
      toIncidentId: toIncidentId ?? (await this.register.nextNumber(command)),
      opensIncident: toIncidentId === null,
      ...because,
    };
  }

  /** The alerts by the incident that they are in. */
  private async findAll(alertIds: readonly string[]): Promise<Map<string, string[]> | Refusal> {
    const found = await Promise.all(alertIds.map((alertId) => this.whereabouts.find(alertId)));
    const unknown = alertIds.filter((_, index) => found[index] === undefined);
    if (unknown.length > 0) return { refused: 'unknown-alert', alertIds: unknown };
    const places = new Map<string, string[]>();
    alertIds.forEach((alertId, index) => places.set(found[index]!, [...(places.get(found[index]!) ?? []), alertId]));
    return places;
  }

  /** What leaves together must fit into one append, and so must its arrival. */
  private async departures(places: ReadonlyMap<string, readonly string[]>): Promise<MovePlanned['data']['departures']> {
    const departures: { fromIncidentId: string; alertIds: string[]; revision: number }[] = [];
    for (const [fromIncidentId, alertIds] of places) {
      const { state, revision } = await this.incidents.load(streams.incident(fromIncidentId));
      const chunks = alertsInChunks(alertIds, (alertId) => state?.alerts.get(alertId));
      departures.push(...chunks.map((chunk) => ({ fromIncidentId, alertIds: chunk, revision })));
    }
    return departures;
  }

  private async carryOutNow(standing: StandingPlan, outcome: 'appended' | 'repeated'): Promise<Moved | Refusal> {
    const moved = await orUnknown(standing, () => this.carryOut(standing));
    const isMoot = moved.value.every(({ status }) => status === 'refused');
    if (isMoot) return { refused: 'alerts-moved', alertIds: moved.value.map(({ alertId }) => alertId) };
    return { ...moved, outcome };
  }

  /** May be called any number of times. */
  async carryOut({ plan, answer }: StandingPlan): Promise<Omit<Moved, 'outcome'>> {
    const { toIncidentId } = plan.data as MovePlanned['data'];
    const settled = answer ?? (await this.plans.finish(plan, await this.depart(plan as RecordedEvent<MovePlanned>)));
    const { incidentId = toIncidentId, revision, position, value } = settled as Answer;
    return { incidentId, revision, position: BigInt(position), value };
  }

  private async depart(plan: RecordedEvent<MovePlanned>): Promise<Answer> {
    const { departures, staying, toIncidentId, comment, reasons } = plan.data;
    const { id, ...command } = commandOf(plan);
    const value: MovedAlert[] = stay(toIncidentId, staying);
    for (const [index, { fromIncidentId, alertIds, revision }] of departures.entries()) {
      const execution = await this.incidents.execute<Refusal>(
        streams.incident(fromIncidentId),
        { ...command, id: commandId(id, 'leave', String(index)) },
        moveOut({ alertIds, toIncidentId, comment, reasons, revision }),
      );
      const moved = execution.outcome === 'refused' ? [] : await this.arrive(fromIncidentId, execution);
      for (const alertId of alertIds)
        value.push({ alertId, fromIncidentId, status: moved.includes(alertId) ? 'moved' : 'refused' });
    }
    const incidentId = await this.transfers.survivorOf(toIncidentId);
    const { revision, position } = await this.incidents.load(streams.incident(incidentId));
    return { incidentId, revision, position: String(position), value };
  }

  /** Completes the departure that a leave wrote, now or before; gives back the alerts that left with it. */
  private async arrive(
    fromIncidentId: string,
    leave: { readonly revision: number; readonly events: readonly IncidentEvent['type'][] },
  ): Promise<string[]> {
    if (leave.events.length === 0) return [];
    const departure = await this.transfers.completeMove(fromIncidentId, leave.revision - leave.events.length + 1);
    return departure.data.alerts.map(({ alertId }) => alertId);
  }
}

const stay = (fromIncidentId: string, alertIds: readonly string[]): MovedAlert[] =>
  alertIds.map((alertId) => ({ alertId, fromIncidentId, status: 'unchanged' }));
