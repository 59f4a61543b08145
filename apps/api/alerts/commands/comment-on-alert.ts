import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { commentOnAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import type { CommentBody } from '../../incidents/commands/comment-on-incident.js';
import { AlertCommand, decideOn } from './alert-command.js';

export class CommentOnAlert extends AlertCommand<CommentBody> {}

@CommandHandler(CommentOnAlert)
export class CommentOnAlertHandler implements ICommandHandler<CommentOnAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: CommentOnAlert) {
    return decideOn(this.desk, command, commentOnAlert(command.alertId, command.body));
  }
}
