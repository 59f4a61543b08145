import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { assignAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import type { AssignBody } from '../../incidents/commands/assign-incident.js';
import { AlertCommand, decideOn } from './alert-command.js';

export class AssignAlert extends AlertCommand<AssignBody> {}

@CommandHandler(AssignAlert)
export class AssignAlertHandler implements ICommandHandler<AssignAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: AssignAlert) {
    return decideOn(
      this.desk,
      command,
      assignAlert(command.alertId, { to: command.body.assignedTo, caller: command.sent.command.actor.id }),
    );
  }
}
