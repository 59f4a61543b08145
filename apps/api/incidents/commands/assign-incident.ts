import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { assign } from '#incidents';
import { Owner } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class AssignBody {
  @Owner() assignedTo: string;
}

export class AssignIncident extends IncidentCommand<AssignBody> {}

@CommandHandler(AssignIncident)
export class AssignIncidentHandler implements ICommandHandler<AssignIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: AssignIncident) {
    return this.desk.decide(incidentId, sent, assign({ to: body.assignedTo, caller: sent.command.actor.id }));
  }
}
