import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { unassign } from '#incidents';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class UnassignIncident extends IncidentCommand {}

@CommandHandler(UnassignIncident)
export class UnassignIncidentHandler implements ICommandHandler<UnassignIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, sent }: UnassignIncident) {
    return this.desk.decide(incidentId, sent, unassign());
  }
}
