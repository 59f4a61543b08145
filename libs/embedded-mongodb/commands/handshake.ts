/** Who we are: a replica set of one, so that drivers send retryable writes, which are honoured. */
import { Long, ObjectId, Timestamp } from 'bson';
import { LARGEST_MESSAGE } from '../wire/message.js';
import { LARGEST_DOCUMENT } from '../update/update.js';
import { cost } from '../plan/scan.js';
import { command, type Command, type Reply } from './engine.js';

/** The server's version as far as the list in the README goes. */
const VERSION = [8, 0, 0, 0];
const LARGEST_WRITE_BATCH = 100_000;
const started = Date.now();
let connections = 0;

/** @param address host:port as the client knows it */
export function handshake(address: () => string): Readonly<Record<string, Command>> {
  const hello = (primary: string): Command =>
    command(
      'helloOk client compression topologyVersion maxAwaitTimeMS loadBalanced hostInfo backpressure',
      'saslSupportedMechs speculativeAuthenticate',
      () => ({
        [primary]: true,
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
        lastWrite: { opTime: { ts: new Timestamp({ t: 1, i: 1 }), t: Long.fromNumber(1) }, lastWriteDate: new Date() },
      }),
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
