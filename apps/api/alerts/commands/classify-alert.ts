import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { classifyAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import { judgementOf } from '../../judgement.js';
import type { ClassifyBody } from '../../judgement.js';
import { AlertCommand, decideOn } from './alert-command.js';

export class ClassifyAlert extends AlertCommand<ClassifyBody> {}

@CommandHandler(ClassifyAlert)
export class ClassifyAlertHandler implements ICommandHandler<ClassifyAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: ClassifyAlert) {
    return decideOn(this.desk, command, classifyAlert(command.alertId, judgementOf(command.body)));
  }
}
