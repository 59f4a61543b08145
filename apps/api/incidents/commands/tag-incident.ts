import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { changeTags } from '#incidents';
import { Optional } from '../../http/fields.js';
import { Tags } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class TagBody {
  @Optional() @Tags('Tags to add; one that is there in another spelling stays as it is.') add?: string[];
  @Optional() @Tags('Tags to take away, in any spelling.') remove?: string[];
}

export class TagIncident extends IncidentCommand<TagBody> {}

@CommandHandler(TagIncident)
export class TagIncidentHandler implements ICommandHandler<TagIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: TagIncident) {
    return this.desk.decide(incidentId, sent, changeTags(body));
  }
}
