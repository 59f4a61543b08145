/**
 * What heir.spec.ts starts: `@kurrent/kurrentdb-client` appends, reads and subscribes, and prints what it saw as JSON. In a process of its own, for
 * this client and the older one break each other where both are loaded.
 */
import { jsonEvent, KurrentDBClient, START, WrongExpectedVersionError } from '@kurrent/kurrentdb-client';

const client = KurrentDBClient.connectionString(process.argv[2].replace('esdb:', 'kurrentdb:'));
const stream = process.argv[3];
const counted = (n) => jsonEvent({ type: 'Counted', data: { n } });

const take = async (events, count) => {
  const taken = [];
  for await (const { event } of events) if (taken.push(event.data.n) === count) break;
  return taken;
};

const first = await client.appendToStream(stream, [counted(1), counted(2)], { streamState: 'no_stream' });
const conflict = await client
  .appendToStream(stream, [counted(0)], { streamState: 'no_stream' })
  .catch((error) => error);
const following = take(client.subscribeToStream(stream, { fromRevision: START }), 3);
await client.appendToStream(stream, [counted(3)], { streamState: first.nextExpectedRevision });
const seen = {
  revision: Number(first.nextExpectedRevision),
  refused: conflict instanceof WrongExpectedVersionError,
  read: await take(client.readStream(stream, { maxCount: 3 }), 3),
  subscribed: await following,
  ofAll: await take(
    client.subscribeToAll({
      fromPosition: START,
      filter: { filterOn: 'streamName', prefixes: [stream], checkpointInterval: 1, maxSearchWindow: 32 },
    }),
    3,
  ),
};
console.log(JSON.stringify(seen));
process.exit(0);
