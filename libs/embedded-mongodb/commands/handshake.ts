/** Who we are: a replica set of one, so that drivers send retryable writes, which are honoured. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Long, ObjectId, Timestamp } from 'bson';
import { bytesOf } from '../bson/raw.js';
import { CommandError } from '../errors.js';
import { LARGEST_MESSAGE } from '../wire/message.js';
import { LARGEST_DOCUMENT } from '../update/update.js';
import { cost } from '../plan/scan.js';
import { command, type Command, type Reply } from './engine.js';
import type { Request } from './request.js';

/** The server's version as far as the list in the README goes. */
const VERSION = [8, 0, 0, 0];
const LARGEST_WRITE_BATCH = 100_000;
const started = Date.now();
let connections = 0;

/** The state of this server, which stays what it is for as long as it runs. */
const topologyVersion = { processId: new ObjectId(), counter: Long.ZERO };

/** The client knows the state as it is, and wants to be told of the next one. */
export function awaitsChange(request: Request): boolean {
  const known = request.object('topologyVersion')?.get('processId');
  return known !== undefined && bytesOf(known).equals(topologyVersion.processId.id);
}

/**
 * Resolves when the state is another one than the client knows: where the server stops, or after as long as the client wants to wait.
 * A driver that is not told so asks every now and then; what it asks on a connection that is just being closed it waits for for ever
 * (`writeCommand` of mongodb 7.9 waits for the drain of a socket that is gone), and it does not find the server again.
 */
async function change(request: Request, stopping: AbortSignal): Promise<void> {
  const patience = request.number('maxAwaitTimeMS');
  if ((patience === undefined) !== (request.get('topologyVersion') === undefined))
    throw new CommandError('Location31368', "'topologyVersion' and 'maxAwaitTimeMS' must be given together");
  if (awaitsChange(request)) await sleep(patience, undefined, { signal: stopping, ref: false }).catch(() => undefined);
}

/** @param address host:port as the client knows it */
export function handshake(address: () => string, stopping: AbortSignal): Readonly<Record<string, Command>> {
  const hello = (primary: string): Command =>
    command(
      'helloOk client compression topologyVersion maxAwaitTimeMS loadBalanced hostInfo backpressure',
      'saslSupportedMechs speculativeAuthenticate',
      async (_engine, request) => {
        await change(request, stopping);
        return {
          [primary]: true,
          topologyVersion,
          helloOk: true,
          secondary: false,
          setName: 'embedded',
          setVersion: 1,
          electionId: new ObjectId('7fffffff0000000000000001'),
          hosts: [address()],
          primary: address(),
          me: address(),
          maxBsonObjectSize: LARGEST_DOCUMENT,
          maxMessageSizeBytes: LARGEST_MESSAGE,
          maxWriteBatchSize: LARGEST_WRITE_BATCH,
          localTime: new Date(),
          logicalSessionTimeoutMinutes: 30,
          connectionId: ++connections,
          minWireVersion: 0,
          maxWireVersion: 25,
          readOnly: false,
          lastWrite: {
            opTime: { ts: new Timestamp({ t: 1, i: 1 }), t: Long.fromNumber(1) },
            lastWriteDate: new Date(),
          },
        };
      },
    );
  return {
    hello: hello('isWritablePrimary'),
    ismaster: hello('ismaster'),
    isMaster: hello('ismaster'),
    ping: command('', '', () => ({})),
    buildInfo: command('', '', buildInfo),
    buildinfo: command('', '', buildInfo),
    endSessions: command('', '', () => ({})),
    serverStatus: command('', '', (engine) => ({
      version: VERSION.slice(0, 3).join('.'),
      process: 'docket-mongodb',
      pid: Long.fromNumber(process.pid),
      uptime: (Date.now() - started) / 1000,
      localTime: new Date(),
      openCursors: engine.cursors.size,
      unindexedScans: cost.unindexed,
      keysExamined: cost.keys,
      documentsExamined: cost.documents,
    })),
  };
}

const buildInfo = (): Reply => ({
  version: VERSION.slice(0, 3).join('.'),
  versionArray: VERSION,
  gitVersion: 'docket-mongodb',
  modules: [],
  bits: 64,
  maxBsonObjectSize: LARGEST_DOCUMENT,
});
