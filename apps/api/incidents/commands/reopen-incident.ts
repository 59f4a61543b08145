import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { reopen } from '#incidents';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class ReopenIncident extends IncidentCommand {}

@CommandHandler(ReopenIncident)
export class ReopenIncidentHandler implements ICommandHandler<ReopenIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, sent }: ReopenIncident) {
    return this.desk.decide(incidentId, sent, reopen());
  }
}
