import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { startAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import { AlertCommand, decideOn } from './alert-command.js';

export class StartAlertInvestigation extends AlertCommand {}

@CommandHandler(StartAlertInvestigation)
export class StartAlertInvestigationHandler implements ICommandHandler<StartAlertInvestigation> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: StartAlertInvestigation) {
    return decideOn(this.desk, command, startAlert(command.alertId));
  }
}
