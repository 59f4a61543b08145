import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { comment } from '#incidents';
import { Comment } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class CommentBody {
  @Comment() comment: string;
}

export class CommentOnIncident extends IncidentCommand<CommentBody> {}

@CommandHandler(CommentOnIncident)
export class CommentOnIncidentHandler implements ICommandHandler<CommentOnIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: CommentOnIncident) {
    return this.desk.decide(incidentId, sent, comment(body));
  }
}
