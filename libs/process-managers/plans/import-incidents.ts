import { commandId } from '#event-store';
import type { Command } from '#event-store';
import { importIncident, streams } from '#incidents';
import type { ImportPlanned, IncidentImported, Refusal, SourceIncident } from '#incidents';
import type { IncidentRegister } from '../incident-register.js';
import type { Incidents } from '../transfers.js';
import type { PlanLog, StandingPlan } from './plan-log.js';
import { commandOf } from './plan-log.js';

/** `imported`: the version that came first, which is the one that is here. */
export interface Imported {
  readonly outcome: 'appended' | 'repeated';
  readonly imported: IncidentImported['data'];
}

/**
 * Gives incidents that come from elsewhere their numbers. The plan belongs to the id that the incident has there, so that whoever
 * imports it again, in whichever version, finds it.
 */
export class ImportIncidents {
  constructor(
    private readonly plans: PlanLog,
    private readonly register: IncidentRegister,
    private readonly incidents: Incidents,
  ) {}

  async import(command: Command, incident: SourceIncident, severityIsAutomatic: boolean): Promise<Imported | Refusal> {
    const { actor, correlationId } = command;
    const id = commandId('import', incident.externalSource, incident.externalId);
    const standing =
      (await this.plans.find({ id })) ??
      (await this.plans.settle(
        { id, actor, correlationId },
        {
          type: 'ImportPlanned',
          data: {
            imported: { incidentId: await this.register.nextNumber(command), ...incident, severityIsAutomatic },
          },
        },
      ));
    const { incidentId, tenantId } = (standing.plan.data as ImportPlanned['data']).imported;
    if (tenantId !== null && incident.tenantId !== null && tenantId.toLowerCase() !== incident.tenantId.toLowerCase())
      return { refused: 'another-tenant', incidentId, tenantId };
    return this.carryOut(standing);
  }

  /** May be called any number of times. */
  async carryOut({ plan, answer }: StandingPlan): Promise<Imported> {
    const { imported } = plan.data as ImportPlanned['data'];
    const { incidentId } = imported;
    const command = commandOf(plan);
    const execution = await this.incidents.execute(streams.incident(incidentId), command, importIncident(imported));
    if (execution.outcome !== 'appended' && execution.outcome !== 'repeated')
      throw new Error(`Incident ${incidentId}, registered for command ${command.id}, was opened by somebody else`);
    if (!answer) await this.plans.finish(plan, { incidentId });
    return { outcome: execution.outcome, imported };
  }
}
