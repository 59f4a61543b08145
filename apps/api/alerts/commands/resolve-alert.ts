import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { resolveAlert } from '#incidents';
import { AlertDesk } from '#process-managers';
import { resolutionOf } from '../../judgement.js';
import type { ResolveBody } from '../../judgement.js';
import { AlertCommand, decideOn } from './alert-command.js';

export class ResolveAlert extends AlertCommand<ResolveBody> {}

@CommandHandler(ResolveAlert)
export class ResolveAlertHandler implements ICommandHandler<ResolveAlert> {
  constructor(private readonly desk: AlertDesk) {}

  execute(command: ResolveAlert) {
    return decideOn(this.desk, command, resolveAlert(command.alertId, resolutionOf(command.body)));
  }
}
