import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { rename } from '#incidents';
import { DisplayName } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class RenameBody {
  @DisplayName() displayName: string;
}

export class RenameIncident extends IncidentCommand<RenameBody> {}

@CommandHandler(RenameIncident)
export class RenameIncidentHandler implements ICommandHandler<RenameIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: RenameIncident) {
    return this.desk.decide(incidentId, sent, rename(body));
  }
}
