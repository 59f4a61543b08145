import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings, sharedStores } from '#platform';
import { say, startProjectorOn } from './on-stores.js';
import { ProjectorModule } from './projector.module.js';

/** The projector in a process of its own, on stores of their own. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const running = await startProjectorOn({ ...sharedStores(settings), correlation: settings.correlation });
  const app = await NestFactory.create<NestFastifyApplication>(
    ProjectorModule.of(running.projector, running.metrics),
    new FastifyAdapter(),
    {
      logger: ['error', 'warn'],
    },
  );

  const stop = async () => {
    await app.close();
    await running.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0), fail));

  await app.listen(settings.projectorPort, settings.host);
  process.stderr.write(`docket: projector ready on ${await app.getUrl()}\n`);
}

function fail(error: unknown): never {
  say(error);
  process.exit(1);
}

main().catch(fail);
