import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { Projector } from './projector.js';

/** The health of a projector over HTTP. Whoever started it stops it. */
@Module({})
export class ProjectorModule {
  static of(projector: Projector): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [HealthController],
      providers: [{ provide: Projector, useValue: projector }],
      exports: [Projector],
    };
  }
}
