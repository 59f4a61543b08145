import { addressOf, dataFolderOf, urlOf } from '../connection/address.js';
import type { AddressOptions } from '../connection/address.js';
import { DocketClient } from '../connection/docket-client.js';
import { Refusal } from '../refusal.js';
import type { Finding } from './finding.js';
import { ill } from './finding.js';
import { answering, readModelFresh, tokenTaken } from './that-docket.js';
import { dataFolder, nodeVersion, running } from './this-machine.js';
import { versions } from './versions.js';

/** Looks at everything that a docket needs, from here to what it answers; what cannot be asked without an answer is left out. */
export async function* examination(options: AddressOptions): AsyncGenerator<Finding, void, void> {
  yield nodeVersion();
  const folder = dataFolderOf(options);
  const isElsewhere = (options.url ?? process.env.DOCKET_URL) !== undefined && options.data === undefined;
  if (!isElsewhere) {
    yield* await dataFolder(folder);
    yield await running(folder);
  }

  const url = refused(() => urlOf(options));
  if (url instanceof Refusal) yield ill('address', 'where a docket answers is not known', `${url.message}.`);
  else {
    const answers = await answering(url);
    yield* answers;
    if (answers[0]!.state === 'well') yield* asked(options);
  }
  yield await versions(typeof url === 'string' ? url : undefined);
}

async function* asked(options: AddressOptions): AsyncGenerator<Finding, void, void> {
  const address = await addressOf(options).catch((error: Refusal) => error);
  if (address instanceof Error) return yield ill('token', 'nobody is named who asks', `${address.message}.`);
  const client = new DocketClient(address);
  const taken = await tokenTaken(client, address.token);
  yield taken;
  if (taken.state === 'well') yield await readModelFresh(client);
}

function refused<T>(find: () => T): T | Refusal {
  try {
    return find();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
