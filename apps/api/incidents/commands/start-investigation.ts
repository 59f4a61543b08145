import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { start } from '#incidents';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class StartInvestigation extends IncidentCommand {}

@CommandHandler(StartInvestigation)
export class StartInvestigationHandler implements ICommandHandler<StartInvestigation> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, sent }: StartInvestigation) {
    return this.desk.decide(incidentId, sent, start());
  }
}
