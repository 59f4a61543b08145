import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { setSeverity } from '#incidents';
import type { Severity } from '#incidents';
import { SeverityOrAutomatic } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class SeverityBody {
  @SeverityOrAutomatic() severity: Severity | 'automatic';
}

export class SetIncidentSeverity extends IncidentCommand<SeverityBody> {}

@CommandHandler(SetIncidentSeverity)
export class SetIncidentSeverityHandler implements ICommandHandler<SetIncidentSeverity> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: SetIncidentSeverity) {
    return this.desk.decide(incidentId, sent, setSeverity(body));
  }
}
