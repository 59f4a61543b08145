import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { healthOf } from '#platform';
import type { Health } from '#platform';
import { Projector } from './projector.js';

@Controller('health')
export class HealthController {
  constructor(private readonly projector: Projector) {}

  @Get('live')
  live(): Health {
    return { status: 'ok', parts: {} };
  }

  /** 503 as long as something does not follow the log. To stand by is well. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await healthOf([this.projector]);
    void reply.status(health.status === 'failing' ? 503 : 200).header('cache-control', 'no-store');
    return health;
  }
}
