/**
 * A projector that dies at its n-th bulk of writes to MongoDB, when a share of that is carried out (`DIES_AT_WRITE="7 0.5"`). Nothing in
 * Docket knows of it. `PROGRAMS`: those of a build, of which it is made.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Collection } from 'mongodb';

const { PROGRAMS, DIES_AT_WRITE, EVENTSTORE_URL, MONGODB_URL } = process.env;
const [nth, share] = DIES_AT_WRITE.split(' ').map(Number);
const { bulkWrite } = Collection.prototype;
let count = 0;

Collection.prototype.bulkWrite = async function (operations, options) {
  if (++count !== nth) return bulkWrite.call(this, operations, options);
  const some = operations.slice(0, Math.ceil(operations.length * share));
  // Whoever dies does not hear that another projector was faster.
  if (some.length > 0) await bulkWrite.call(this, some, options).catch(() => undefined);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

const part = (path) => import(pathToFileURL(join(PROGRAMS, path)).href);
const { readSettings } = await part('libs/platform/index.js');
const { startProjectorOn } = await part('apps/projector/on-stores.js');
const { correlation } = readSettings(process.env);
await startProjectorOn({ eventStoreUrl: EVENTSTORE_URL, mongodbUrl: MONGODB_URL, correlation });
