import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Operation } from '../http/operation.js';
import { NoBody } from '../incidents/commands/incident-command.js';
import { ParkedList, UnparkAnswer } from '../openapi/parked-models.js';
import { Unpark } from './commands/index.js';
import { ListParked } from './queries/index.js';

@ApiTags('Parked')
@Controller('v1/parked')
export class ParkedController {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
  ) {}

  @Get()
  @Operation({
    access: 'SecurityIncident.Read.All',
    summary: 'What is not shown because an event of it could not be projected, and why',
    answers: ParkedList,
  })
  listParked() {
    return this.queryBus.execute(new ListParked());
  }

  @Post(':id/unpark')
  @Operation({
    access: 'ReadModel.ReadWrite.All',
    summary: 'Have it folded anew, and shown again where that succeeds',
    answers: UnparkAnswer,
    problems: ['not-parked', 'malformed-json'],
  })
  unpark(@Param('id') id: string, @Body() body: NoBody) {
    return this.commandBus.execute(new Unpark(id, body));
  }
}
