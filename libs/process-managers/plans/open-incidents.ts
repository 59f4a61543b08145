import type { Command } from '#event-store';
import { openByHand, streams } from '#incidents';
import type { OpenPlanned, Opening } from '#incidents';
import type { IncidentRegister } from '../incident-register.js';
import type { Incidents } from '../transfers.js';
import type { PlanLog, StandingPlan } from './plan-log.js';
import { commandOf } from './plan-log.js';

export interface Opened {
  readonly outcome: 'appended' | 'repeated';
  readonly incidentId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly events: readonly string[];
}

/** Opens incidents by hand. The number is in the plan, so that a repeated command opens the same incident. */
export class OpenIncidents {
  constructor(
    private readonly plans: PlanLog,
    private readonly register: IncidentRegister,
    private readonly incidents: Incidents,
  ) {}

  async open(command: Command, opening: Opening): Promise<Opened> {
    const standing = await this.plans.findEarlier(command);
    return this.carryOut(standing ?? (await this.plan(command, opening)));
  }

  private async plan(command: Command, opening: Opening): Promise<StandingPlan> {
    const incidentId = await this.register.nextNumber(command);
    return this.plans.settle(command, { type: 'OpenPlanned', data: { incidentId, opening } });
  }

  /** May be called any number of times. */
  async carryOut({ plan, answer }: StandingPlan): Promise<Opened> {
    const { incidentId, opening } = plan.data as OpenPlanned['data'];
    const command = commandOf(plan);
    const execution = await this.incidents.execute(
      streams.incident(incidentId),
      command,
      openByHand(incidentId, opening),
    );
    if (execution.outcome === 'refused' || execution.outcome === 'unchanged')
      throw new Error(`Incident ${incidentId}, registered for command ${command.id}, was opened by somebody else`);
    const { outcome, revision, position, events } = execution;
    if (!answer) await this.plans.finish(plan, { incidentId });
    return { outcome, incidentId, revision, position, events };
  }
}
