import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { resolve } from '#incidents';
import { ResolveBody, resolutionOf } from '../../judgement.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class ResolveIncident extends IncidentCommand<ResolveBody> {}

@CommandHandler(ResolveIncident)
export class ResolveIncidentHandler implements ICommandHandler<ResolveIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: ResolveIncident) {
    return this.desk.decide(incidentId, sent, resolve(resolutionOf(body)));
  }
}
