import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { reopenAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import { AlertCommand, decideOn } from './alert-command.js';

export class ReopenAlert extends AlertCommand {}

@CommandHandler(ReopenAlert)
export class ReopenAlertHandler implements ICommandHandler<ReopenAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: ReopenAlert) {
    return decideOn(this.desk, command, reopenAlert(command.alertId));
  }
}
