import { mkdir } from 'node:fs/promises';
import { createApi } from '#api';
import { countingAppends } from '#event-store';
import { Tokens, tokenKey } from '#platform';
import type { Settings } from '#platform';
import { assemble } from '#process-managers';
import { startProjectorThread } from '#projector';
import { ReadModel } from '#read-model';
import { connector } from './examples.js';
import { fillWithExamples } from './fill-with-examples.js';
import { Refusal } from '../refusal.js';
import { noteRunning } from './running.js';
import { openStores } from './stores.js';
import { welcome } from './welcome.js';

const tokenHours = 12;

/**
 * The whole docket in one process: stores, projector and API, each in a thread of its own. Ends with SIGINT or SIGTERM. Throws
 * Refusal, BadTokenKey.
 */
export async function start(settings: Settings): Promise<void> {
  process.umask(0o077); // also where the folder was there before
  await mkdir(settings.dataFolder, { recursive: true, mode: 0o700 }); // it holds incidents, and the key to all of them
  const tokens = new Tokens(await tokenKey(settings));
  const stores = await openStores(settings);
  void stores.failed.then(giveUp);

  const isNew = (await stores.log.head()) === undefined;
  const readModel = await ReadModel.open(stores.mongo.db);
  const log = countingAppends(stores.log);
  const assembly = assemble({ log, clock: () => new Date(), readModel });

  const projector = await startProjectorThread({
    ...stores.addresses,
    correlation: settings.correlation,
    isAlone: settings.mongodbUrl === undefined,
  });
  void projector.failed.then(giveUp);
  const api = await createApi({
    assembly,
    readModel,
    tokens,
    settings,
    healthChecks: [projector],
    appends: log.appends,
    metrics: [projector],
  });

  let forget = () => undefined as void;
  const stop = async () => {
    forget();
    await api.close();
    await assembly.arrivals.stop();
    await projector.stop();
    await stores.close();
  };
  const { host, port } = settings;
  await api.listen(port, host).catch(async (error: NodeJS.ErrnoException) => {
    await stop();
    throw new Refusal(`Port ${port} of ${host} cannot be listened on (${error.code}): set DOCKET_PORT to another one`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().then(() => process.exit(0)));

  const address = await api.getUrl();
  forget = noteRunning(settings.dataFolder, { pid: process.pid, url: address, ...stores.addresses });
  const tokenFor = (id: string) =>
    tokens.sign(
      { id, name: id, kind: id === connector ? 'application' : 'user', roles: ['admin'] },
      tokenHours * 3_600,
    );
  const examples = await fillWithExamples(settings, { api: address, tokenFor, isNew });
  const { value } = await readModel.queue({ status: ['active'], assignedTo: [null], limit: 1 });
  const token = await tokenFor('analyst1');
  console.log(
    welcome({ address, dataFolder: settings.dataFolder, examples, unassigned: value[0]?._id, token, tokenHours }),
  );
}

function giveUp(reason: Error): never {
  console.error(`docket: ${reason.message}. What was acknowledged is on the disk: start again.`);
  process.exit(1);
}
