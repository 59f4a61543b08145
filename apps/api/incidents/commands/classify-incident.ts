import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { classify } from '#incidents';
import { ClassifyBody, judgementOf } from '../../judgement.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class ClassifyIncident extends IncidentCommand<ClassifyBody> {}

@CommandHandler(ClassifyIncident)
export class ClassifyIncidentHandler implements ICommandHandler<ClassifyIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: ClassifyIncident) {
    return this.desk.decide(incidentId, sent, classify(judgementOf(body)));
  }
}
