import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import type { MetricsSource } from '#platform';
import { MetricsController, PROJECTOR_METRICS } from './metrics.controller.js';
import { Projector } from './projector.js';

/** The health and the metrics of a projector over HTTP. Whoever started it stops it. */
@Module({})
export class ProjectorModule {
  static of(projector: Projector, metrics: MetricsSource): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: Projector, useValue: projector },
        { provide: PROJECTOR_METRICS, useValue: metrics },
      ],
      exports: [Projector],
    };
  }
}
