import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Projector } from './projector.js';
import type { ProjectorHealth } from './projector.js';

@Controller('health')
export class HealthController {
  constructor(private readonly projector: Projector) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** 503 as long as something does not follow the log. */
  @Get('ready')
  ready(): ProjectorHealth {
    const health = this.projector.health();
    if (!health.ready) throw new ServiceUnavailableException(health);
    return health;
  }
}
