import { Body, Controller, Delete, Get, Param, Put, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#platform';
import type { Principal, Scope } from '#platform';
import { Envelope } from '../http/envelope.js';
import type { Sent } from '../http/envelope.js';
import { Optional, YesOrNo } from '../http/fields.js';
import { Operation } from '../http/operation.js';
import { ViewAnswer, ViewList } from '../openapi/view-models.js';
import { RemoveView, SaveView, ViewBody } from './commands/index.js';
import { ListViews } from './queries/index.js';

/** Who may read incidents may keep views; what everybody gets to see takes the right to change something. */
const own: Scope = 'SecurityIncident.Read.All';
const everybodys: Scope = 'SecurityIncident.ReadWrite.All';

export class RemoveViewParameters {
  @Optional() @YesOrNo({ description: 'Whether the one that all share is meant.' }) shared?: boolean;
}

@ApiTags('Views')
@Controller('v1/views')
export class ViewsController {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
  ) {}

  @Get()
  @Operation({
    access: own,
    summary: 'Saved views of the queue: your own, those that all share, and the built-in ones',
    answers: ViewList,
  })
  listViews(@Req() { principal }: FastifyRequest) {
    return this.queryBus.execute(new ListViews(principal!.id));
  }

  @Put(':name')
  @Operation({
    access: own,
    summary: 'Save a view of the queue',
    description: `One that all share needs the scope ${everybodys}.`,
    answers: ViewAnswer,
    isCommand: true,
    problems: ['too-many-views'],
  })
  saveView(
    @Param('name') name: string,
    @Body() body: ViewBody,
    @Envelope() sent: Sent,
    @Req() { principal }: FastifyRequest,
  ) {
    return this.commandBus.execute(new SaveView(ownerOf(principal!, body.shared), name, body, sent));
  }

  @Delete(':name')
  @Operation({
    access: own,
    summary: 'Remove a saved view',
    description: `One that all share needs the scope ${everybodys}.`,
    answers: ViewAnswer,
    isCommand: true,
    problems: ['unknown-view'],
  })
  removeView(
    @Param('name') name: string,
    @Query() { shared }: RemoveViewParameters,
    @Envelope() sent: Sent,
    @Req() { principal }: FastifyRequest,
  ) {
    return this.commandBus.execute(new RemoveView(ownerOf(principal!, shared), name, sent));
  }
}

/** @throws Problem forbidden */
function ownerOf({ id, scopes, roles }: Principal, shared = false): string | null {
  if (!shared) return id;
  if (!scopes.has(everybodys)) throw new Problem('forbidden', { extras: { requiredScope: everybodys, roles } });
  return null;
}
