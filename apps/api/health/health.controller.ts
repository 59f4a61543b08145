import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { healthOf } from '#platform';
import type { HealthCheck } from '#platform';
import { Answer } from '../http/answer.js';
import { Operation } from '../http/operation.js';
import { HealthAnswer } from '../openapi/models.js';

export const HEALTH_CHECKS = Symbol('HealthChecks');

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[]) {}

  @Get('live')
  @Operation({ access: 'anybody', summary: 'Whether the process runs', answers: HealthAnswer })
  live(): HealthAnswer {
    return { status: 'ok', parts: {} };
  }

  @Get('ready')
  @Operation({
    access: 'anybody',
    summary: 'Whether commands and queries can be answered; 503 where not',
    answers: HealthAnswer,
  })
  async ready(): Promise<Answer<HealthAnswer>> {
    const health = await healthOf(this.checks);
    return new Answer(health, { 'cache-control': 'no-store' }, health.status === 'failing' ? 503 : 200);
  }
}
