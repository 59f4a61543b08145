import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connectEventStore, sharingSubscription } from '#event-store';
import { assemble, docketEvents } from '#process-managers';
import { connectMongo, ReadModel } from '#read-model';
import { processManagers } from './process-managers.js';
import { startProjector } from './projector.js';
import { ProjectorModule } from './projector.module.js';
import { projectorSettings } from './settings.js';

/** The projector in a process of its own, on stores of their own. */
async function main(): Promise<void> {
  const { eventStoreUrl, mongoUrl, host, port } = projectorSettings(process.env);
  const mongo = await connectMongo(mongoUrl);
  const log = sharingSubscription(connectEventStore({ url: eventStoreUrl, catalogue: docketEvents }));
  const readModel = new ReadModel(mongo.db);
  const incidentOf = async (alertId: string) => (await readModel.alert(alertId))?.incidentId;
  const assembly = assemble({ log, clock: () => new Date(), incidentOf });
  const processes = processManagers({ assembly, readModel, db: mongo.db, onError: say });
  const projector = await startProjector({ log, readModel, processes });
  const app = await NestFactory.create<NestFastifyApplication>(ProjectorModule.of(projector), new FastifyAdapter(), {
    logger: ['error', 'warn'],
  });

  const stop = async () => {
    await app.close();
    await projector.stop();
    await log.close();
    await mongo.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0), fail));

  await app.listen(port, host);
  process.stderr.write(`docket: projector ready on ${await app.getUrl()}\n`);
}

function say(error: unknown): void {
  process.stderr.write(`docket: ${error instanceof Error ? error.message : String(error)}\n`);
}

function fail(error: unknown): never {
  say(error);
  process.exit(1);
}

main().catch(fail);
