import { commandId } from '#event-store';
import type { Command, RecordedEvent } from '#event-store';
import { chooseMerge, merge, streams } from '#incidents';
import type { CorrelationReason, Incident, MergePlanned, Refusal } from '#incidents';
import type { Incidents, Transfers } from '../transfers.js';
import type { PlanLog, StandingPlan } from './plan-log.js';
import { commandOf, orUnknown } from './plan-log.js';

export interface Merge {
  /** Two or more, each once. */
  readonly incidentIds: readonly string[];
  readonly comment: string | null;
  readonly reasons: readonly CorrelationReason[];
}

/** `refused`: somebody else merged it into another one at the same moment. */
export type MergedIncident = { readonly incidentId: string; readonly status: 'merged' | 'refused' };

/** `incidentId`: the one that the others are part of now; `revision` and `position` are its own. */
export interface Merged {
  readonly outcome: 'appended' | 'repeated';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly value: readonly MergedIncident[];
}

type Answer = {
  readonly incidentId: string;
  readonly revision: number;
  readonly position: string;
  readonly value: readonly MergedIncident[];
};

/**
 * Makes several incidents one. Each that is merged ends with the event that says so, which is the commit for all its alerts; what it brings
 * follows. Whoever carries the plan out again finds what is done and does the rest.
 */
export class MergeIncidents {
  constructor(
    private readonly plans: PlanLog,
    private readonly incidents: Incidents,
    private readonly transfers: Transfers,
  ) {}

  /** Throws OutcomeUnknown where the rest is left to the keeper of plans. */
  async merge(command: Command, wish: Merge): Promise<Merged | Refusal> {
    const standing = await this.plans.findEarlier(command);
    if (standing) return this.carryOutNow(standing, 'repeated');
    const planned = await this.plan(wish);
    if ('refused' in planned) return planned;
    return this.carryOutNow(await this.plans.settle(command, { type: 'MergePlanned', data: planned }), 'appended');
  }

  private async plan({ incidentIds, ...because }: Merge): Promise<MergePlanned['data'] | Refusal> {
    const incidents: Incident[] = [];
    for (const incidentId of incidentIds) {
      const { state } = await this.incidents.load(streams.incident(incidentId));
      if (!state) return { refused: 'unknown-incident', incidentId };
      incidents.push(state);
    }
    const choice = chooseMerge(incidents);
    return 'refused' in choice ? choice : { ...choice, ...because };
  }

  private async carryOutNow(standing: StandingPlan, outcome: Merged['outcome']): Promise<Merged | Refusal> {
    const merged = await orUnknown(standing, () => this.carryOut(standing));
    const [first] = merged.value;
    if (first && merged.value.every(({ status }) => status === 'refused')) {
      const { incidentId } = first;
      const redirectIncidentId = await this.transfers.survivorOf(incidentId);
      return { refused: 'incident-redirected', incidentId, redirectIncidentId };
    }
    return { ...merged, outcome };
  }

  /** May be called any number of times. */
  async carryOut({ plan, answer }: StandingPlan): Promise<Omit<Merged, 'outcome'>> {
    const settled = answer ?? (await this.plans.finish(plan, await this.unite(plan as RecordedEvent<MergePlanned>)));
    const { incidentId, revision, position, value } = settled as Answer;
    return { incidentId, revision, position: BigInt(position), value };
  }

  private async unite(plan: RecordedEvent<MergePlanned>): Promise<Answer> {
    const { toIncidentId, fromIncidentIds, comment, reasons } = plan.data;
    const { id, ...command } = commandOf(plan);
    const value: MergedIncident[] = [];
    for (const incidentId of fromIncidentIds) {
      const execution = await this.incidents.execute<Refusal>(
        streams.incident(incidentId),
        { ...command, id: commandId(id, 'merge', incidentId) },
        merge({ toIncidentId, comment, reasons }),
      );
      if (execution.outcome !== 'refused') await this.transfers.completeMerge(incidentId);
      value.push({ incidentId, status: execution.outcome === 'refused' ? 'refused' : 'merged' });
    }
    const incidentId = await this.transfers.survivorOf(toIncidentId);
    const { revision, position } = await this.incidents.load(streams.incident(incidentId));
    return { incidentId, revision, position: String(position), value };
  }
}
