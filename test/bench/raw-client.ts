/** The client alone, in a process of its own: appends one event at a time from 32 callers, as long as it is told to. */
import { randomUUID } from 'node:crypto';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { measure } from './load.js';

const [url, width] = [process.argv[2]!, Number(process.argv[3])];
const client = EventStoreDBClient.connectionString(url);

/** As large as the event that a comment becomes. */
const metadata = {
  $correlationId: randomUUID(),
  $causationId: randomUUID(),
  actor: { id: 'kim', name: 'kim', kind: 'user' },
  at: new Date().toISOString(),
  schema: 1,
};

process.on('message', (seconds: number) => {
  void measure(width, seconds, async (caller) => {
    const data = { comment: 'The user says that she did not start this program herself.' };
    await client.appendToStream(`incident-${caller}`, jsonEvent({ type: 'IncidentCommented', data, metadata }), {
      expectedRevision: ANY,
    });
  }).then(({ operations, seconds: took, latencies }) => process.send!({ operations, seconds: took, latencies }));
});
process.send!('ready');
