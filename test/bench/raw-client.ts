/** The client alone, in a process of its own: appends one event at a time from so many callers, as long as it is told to. */
import { randomUUID } from 'node:crypto';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { inTurns } from './load.js';

const [url, width] = [process.argv[2]!, Number(process.argv[3])];
const client = EventStoreDBClient.connectionString(url);

/** As large as the event that a comment becomes. */
const data = { comment: 'The user says that she did not start this program herself.' };
const metadata = {
  $correlationId: randomUUID(),
  $causationId: randomUUID(),
  actor: { id: 'kim', name: 'kim', kind: 'user' },
  at: new Date().toISOString(),
  schema: 1,
};

process.on('message', (seconds: number) => {
  const append = (caller: number) =>
    client.appendToStream(`incident-${caller}`, jsonEvent({ type: 'IncidentCommented', data, metadata }), {
      expectedRevision: ANY,
    });
  void inTurns(width, seconds, append).then((measured) => process.send!(measured));
});
process.send!('ready');
