import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer } from '../http/answer.js';
import { Operation } from '../http/operation.js';
import { HealthAnswer } from '../openapi/models.js';

/** A part that the api needs, or that the same process runs. Resolves where it is well, else rejects with what is wrong. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<void>;
}

export const HEALTH_CHECKS = Symbol('HealthChecks');

const patienceMs = 2_000;

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
    const parts = Object.fromEntries(
      await Promise.all(this.checks.map(async (check) => [check.name, await verdict(check)] as const)),
    );
    const well = Object.values(parts).every((said) => said === 'ok');
    return new Answer({ status: well ? 'ok' : 'failing', parts }, { 'cache-control': 'no-store' }, well ? 200 : 503);
  }
}

/** Anybody may ask: what is wrong is said by the kind of error, not by its message, which may name addresses. */
async function verdict(health: HealthCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${patienceMs} ms`), patienceMs);
  });
  const said = health.check().then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.name : 'failing'),
  );
  return Promise.race([said, late]).finally(() => clearTimeout(timer));
}
