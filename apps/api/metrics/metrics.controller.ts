import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { DocketAfter } from '../http/docket-after.js';
import { Operation } from '../http/operation.js';
import { MetricsSummaryModel } from '../openapi/metrics-models.js';
import { MetricsParameters, SummarizeMetrics } from './queries/index.js';

@ApiTags('Metrics')
@Controller('v1/metrics')
export class MetricsController {
  constructor(private readonly queryBus: QueryBus) {}

  @Get('summary')
  @Operation({
    access: 'SecurityIncident.Read.All',
    summary: 'What is open, how long work takes, and what was real',
    description: 'Of all incidents together, and of each day: patterns to learn from.',
    answers: MetricsSummaryModel,
    canWait: true,
    problems: ['projection-behind'],
  })
  summarizeMetrics(@Query() range: MetricsParameters, @DocketAfter() after: bigint | undefined) {
    return this.queryBus.execute(new SummarizeMetrics(range, after));
  }
}
