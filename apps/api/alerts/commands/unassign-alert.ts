import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { unassignAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import { AlertCommand, decideOn } from './alert-command.js';

export class UnassignAlert extends AlertCommand {}

@CommandHandler(UnassignAlert)
export class UnassignAlertHandler implements ICommandHandler<UnassignAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: UnassignAlert) {
    return decideOn(this.desk, command, unassignAlert(command.alertId));
  }
}
