import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Problem } from '#platform';
import { ReadModel } from '#read-model';
import type { NoBody } from '../../incidents/commands/incident-command.js';
import type { UnparkAnswer } from '../../openapi/parked-models.js';

/**
 * Asks for what is parked under an id to be folded anew. The projector does that between two batches, so that nobody else writes what it
 * writes: whoever asked sees in the list of what is parked how it ended.
 */
export class Unpark {
  constructor(
    readonly id: string,
    readonly body: NoBody,
  ) {}
}

@CommandHandler(Unpark)
export class UnparkHandler implements ICommandHandler<Unpark> {
  constructor(private readonly readModel: ReadModel) {}

  async execute({ id }: Unpark): Promise<UnparkAnswer> {
    const requested = await this.readModel.requestUnpark(id);
    if (requested === 0) throw new Problem('not-parked');
    return { id, requested };
  }
}
