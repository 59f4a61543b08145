import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { DocketAfter } from '../http/docket-after.js';
import { Operation } from '../http/operation.js';
import { TagPage } from '../openapi/models.js';
import { ListTags, TagParameters } from './queries/index.js';

@ApiTags('Incidents')
@Controller('v1/tags')
export class TagsController {
  constructor(private readonly queryBus: QueryBus) {}

  @Get()
  @Operation({
    access: 'SecurityIncident.Read.All',
    summary: 'The tags that incidents have',
    answers: TagPage,
    canWait: true,
  })
  listTags(@Query() parameters: TagParameters, @DocketAfter() after: bigint | undefined) {
    return this.queryBus.execute(new ListTags(parameters, after));
  }
}
