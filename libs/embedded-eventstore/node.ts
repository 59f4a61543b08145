import { randomUUID } from 'node:crypto';
import { message, text, uint } from './protocol/wire.js';

/** The version that clients are told: from 25.1 on they would expect the second protocol. */
const VERSION = '23.10.0';
const LEADER = 8;

const streams = (method: string, ...features: string[]) =>
  message(
    1,
    text(1, method),
    text(2, 'event_store.client.streams.streams'),
    ...features.map((feature) => text(3, feature)),
  );

/** What ServerFeatures answers: the methods of the streams service, and the version. */
export const supportedMethods = (): Buffer =>
  Buffer.concat([
    streams('append'),
    streams('batchappend'),
    streams('delete'),
    streams('read', 'position', 'events'),
    streams('tombstone'),
    text(2, VERSION),
  ]);

const INSTANCE = message(1, text(2, randomUUID()));

/** What Gossip answers: a cluster of one node, the leader. */
export const clusterInfo = (port: number): Buffer => {
  const endPoint = message(5, text(1, '127.0.0.1'), uint(2, port));
  const ticks = Date.now() * 10_000; // 100 ns, since 1970
  return message(1, INSTANCE, uint(2, ticks), uint(3, LEADER), uint(4, 1), endPoint);
};
