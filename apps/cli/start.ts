import { mkdir } from 'node:fs/promises';
import { createApi } from '#api';
import { Tokens, tokenKey } from '#platform';
import type { Settings } from '#platform';
import { assemble } from '#process-managers';
import { startProjectorThread } from '#projector';
import { ReadModel } from '#read-model';
import { fillWithExamples } from './fill-with-examples.js';
import { openStores } from './stores.js';
import { welcome } from './welcome.js';

const tokenHours = 12;

/** The whole docket in one process: stores, projections, process managers and the API. Ends with SIGINT or SIGTERM. */
export async function start(settings: Settings): Promise<void> {
  await mkdir(settings.dataFolder, { recursive: true });
  const tokens = new Tokens(await tokenKey(settings));
  const stores = await openStores(settings);
  void stores.failed.then(giveUp);

  const isNew = (await stores.log.head()) === undefined;
  const readModel = new ReadModel(stores.mongo.db);
  await readModel.prepare();
  const assembly = assemble({ log: stores.log, clock: () => new Date(), readModel });

  const projector = await startProjectorThread(stores.addresses);
  void projector.failed.then(giveUp);
  const healthChecks = [{ name: 'projector', check: () => projector.check() }];
  const api = await createApi({ assembly, readModel, tokens, settings, healthChecks });
  await api.listen(settings.port, settings.host);
  const address = await api.getUrl();

  const stop = async () => {
    await api.close();
    await assembly.arrivals.stop();
    await projector.stop();
    await stores.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

  const tokenFor = (id: string) => tokens.sign({ id, name: id, kind: 'user', roles: ['admin'] }, tokenHours * 3_600);
  const examples = await fillWithExamples(settings, { api: address, tokenFor, isNew });
  console.log(
    welcome({ address, dataFolder: settings.dataFolder, examples, token: await tokenFor('analyst1'), tokenHours }),
  );
}

function giveUp(reason: Error): never {
  console.error(`docket: ${reason.message}. What was acknowledged is on the disk: start again.`);
  process.exit(1);
}
