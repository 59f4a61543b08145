/** A rebuild of the read model as a process of its own, to be killed. `PROGRAMS`: those of a build, of which it is made. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { PROGRAMS, EVENTSTORE_URL, MONGODB_URL } = process.env;
const part = (path) => import(pathToFileURL(join(PROGRAMS, path)).href);
const { connectEventStore } = await part('libs/event-store/index.js');
const { docketEvents } = await part('libs/process-managers/index.js');
const { Served, connectMongo, rebuild } = await part('libs/read-model/index.js');

const log = connectEventStore({ url: EVENTSTORE_URL, catalogue: docketEvents });
const mongo = await connectMongo(MONGODB_URL);
try {
  const { comparison } = await rebuild({ log, served: await Served.open(mongo.db) });
  console.log(`rebuilt, with ${comparison.differing} differences: ${comparison.first.join(', ')}.`);
} finally {
  await log.close();
  await mongo.close();
}
