/** The client alone, in a process of its own: appends one event at a time from so many callers, as long as it is told to. */
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { data, metadata, type } from './event-store/appended-event.js';
import { inTurns } from './load.js';

const [url, width] = [process.argv[2]!, Number(process.argv[3])];
const client = EventStoreDBClient.connectionString(url);

process.on('message', (seconds: number) => {
  const append = (caller: number) =>
    client.appendToStream(`incident-${caller}`, jsonEvent({ type, data, metadata }), {
      expectedRevision: ANY,
    });
  void inTurns(width, seconds, append).then((measured) => process.send!(measured));
});
process.send!('ready');
