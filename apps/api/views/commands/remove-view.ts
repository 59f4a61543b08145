import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { removeView } from '#incidents';
import type { Sent } from '../../http/envelope.js';
import { ViewDesk } from '../view-desk.js';
import { assertName } from '../view-name.js';

/** `owner`: whose it is; null: everybody's. */
export class RemoveView {
  constructor(
    readonly owner: string | null,
    readonly name: string,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(RemoveView)
export class RemoveViewHandler implements ICommandHandler<RemoveView> {
  constructor(private readonly desk: ViewDesk) {}

  execute({ owner, name, sent }: RemoveView) {
    return this.desk.decide(owner, assertName(name), sent, removeView(name));
  }
}
