import { CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { commandId } from '#event-store';
import { PlanLog, inLanes } from '#process-managers';
import { Answer } from '../../http/answer.js';
import type { Sent } from '../../http/envelope.js';
import { Document, OneOf, Optional, Texts } from '../../http/fields.js';
import { invalid } from '../../http/invalid.js';
import { problemOfOne } from '../../http/one-of-many.js';
import type { CommandAnswer } from '../../openapi/models.js';
import { bulkBodies, bulkCommand, bulkCommandNames } from '../bulk/bulk-commands.js';
import type { BulkCommandName } from '../bulk/bulk-commands.js';
import type { BulkResult } from '../bulk/bulk-results.js';

const atMost = 1_000;

@ApiExtraModels(...bulkBodies)
export class BulkBody {
  @Texts({ max: 15, atLeast: 1, atMost, description: 'The incidents, each once.', example: ['7', '9'] })
  incidentIds: string[];
  @OneOf(bulkCommandNames, {
    description: 'What to do with each of them, as the routes are called.',
    example: 'assign',
  })
  command: BulkCommandName;
  @Optional()
  @Document({ description: 'What that command takes, for all of them.', example: { assignedTo: 'me' } })
  @ApiProperty({ anyOf: bulkBodies.map((body) => ({ $ref: getSchemaPath(body) })) })
  body?: object;
}

/** One command for many incidents. Each is carried out or refused for itself. */
export class BulkCommand {
  constructor(
    readonly body: BulkBody,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(BulkCommand)
export class BulkCommandHandler implements ICommandHandler<BulkCommand> {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly plans: PlanLog,
  ) {}

  async execute({ body: { incidentIds, command: name, body = {} }, sent }: BulkCommand): Promise<Answer> {
    const twice = incidentIds.find((incidentId, index) => incidentIds.indexOf(incidentId) < index);
    if (twice !== undefined)
      throw invalid('body', 'incidentIds', `must name each incident once, and names ${twice} twice`);
    const commandOf = bulkCommand(name, body);

    await this.plans.reserve(sent.command);
    const value = await inLanes(
      incidentIds,
      (incidentId) => incidentId,
      (incidentId) => this.carryOut(incidentId, commandOf(incidentId, oneOf(sent, incidentId))),
    );
    return new Answer({ value });
  }

  private async carryOut(id: string, command: object): Promise<BulkResult> {
    try {
      const { body } = await this.commandBus.execute<object, Answer<CommandAnswer>>(command);
      const { revision, position, events } = body;
      return { status: events.length > 0 ? 'done' : 'unchanged', id, revision, position };
    } catch (error) {
      return { status: 'refused', id, problem: problemOfOne(error).toJSON() };
    }
  }
}

/** The same incident in the same bulk command: the same command. */
const oneOf = ({ command }: Sent, incidentId: string): Sent => ({
  command: { ...command, id: commandId(command.id, incidentId) },
});
