import { connectEventStore, countingAppends, sharingSubscription } from '#event-store';
import { BadSettings, BadTokenKey, Tokens, readSettings, sharedStores, tokenKey } from '#platform';
import { assemble, docketEvents } from '#process-managers';
import { Lease, ReadModel, connectMongo } from '#read-model';
import { ProjectorSighting } from './health/projector-sighting.js';
import { createApi } from './index.js';

/** The api as a process of its own; a projector runs elsewhere. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { eventStoreUrl, mongodbUrl } = sharedStores(settings);
  const key = await tokenKey(settings);

  const counted = countingAppends(connectEventStore({ url: eventStoreUrl, catalogue: docketEvents }));
  const log = sharingSubscription(counted);
  const mongo = await connectMongo(mongodbUrl);
  const readModel = await ReadModel.open(mongo.db);
  await readModel.prepare();
  const assembly = assemble({ log, clock: () => new Date(), readModel });

  const sighting = new ProjectorSighting({ log, readModel, lease: new Lease(mongo.db) });
  const api = await createApi({
    assembly,
    readModel,
    tokens: new Tokens(key),
    settings,
    healthChecks: [sighting],
    appends: counted.appends,
    metrics: [sighting],
  });
  await api.listen(settings.port, settings.host);
  process.stderr.write(`docket: the api listens on ${await api.getUrl()}\n`);

  const stop = async () => {
    await api.close();
    sighting.stop();
    await assembly.arrivals.stop();
    await log.close();
    await mongo.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0), fail));
}

function fail(error: unknown): never {
  const foreseen = error instanceof BadSettings || error instanceof BadTokenKey;
  process.stderr.write(`docket: ${foreseen ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
