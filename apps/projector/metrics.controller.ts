import { Controller, Get, Header, Inject } from '@nestjs/common';
import { expositionOf, expositionType, processMetrics } from '#platform';
import type { MetricsSource } from '#platform';

export const PROJECTOR_METRICS = Symbol('ProjectorMetrics');

/** Whoever reaches the projector's port may ask: it is the operator's own, and there are only numbers. */
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(PROJECTOR_METRICS) private readonly metrics: MetricsSource) {}

  @Get()
  @Header('content-type', expositionType)
  @Header('cache-control', 'no-store')
  tell(): Promise<string> {
    return expositionOf([this.metrics, processMetrics()]);
  }
}
