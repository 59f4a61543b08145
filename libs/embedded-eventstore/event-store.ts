import { randomUUID } from 'node:crypto';
import { answerCopy, COPY } from './copy-request.js';
import { clusterInfo, supportedMethods } from './node.js';
import { EventLog } from './storage/log.js';
import { append, batchAppend, deleteStream } from './streams/append.js';
import { Bells } from './streams/bell.js';
import { read } from './streams/read.js';
import { NO_STREAM } from './protocol/revision.js';
import { Writer } from './streams/writer.js';
import type { Call } from './transport/call.js';
import { GrpcServer, type Handler } from './transport/server.js';

const STREAMS = '/event_store.client.streams.Streams';

/** The log in a folder and the server in front of it. */
export class EventStore {
  private constructor(
    readonly port: number,
    /** What a request for a copy must bring along. */
    readonly secret: string,
    private readonly server: GrpcServer,
    private readonly log: EventLog,
  ) {}

  /** `onFailure` hears that the disk refused a write: the outcome of what was being written is unknown, and it must stop. */
  static async start(folder: string, port: number, onFailure: (reason: Error) => void): Promise<EventStore> {
    const bells = new Bells();
    const log = EventLog.open(folder, {
      onCommitted: (streams) => bells.ring(streams),
      onRefused: () => writer.forget(),
      onFailure,
    });
    const writer = new Writer(log);
    if (log.lastPosition === 0) await writeFirstEvent(writer);
    const secret = randomUUID();
    let boundPort = port;
    const server = new GrpcServer(
      new Map<string, Handler>([
        ['/event_store.client.server_features.ServerFeatures/GetSupportedMethods', answering(supportedMethods)],
        ['/event_store.client.gossip.Gossip/Read', answering(() => clusterInfo(boundPort))],
        [`${STREAMS}/Read`, (call) => read(call, log, bells)],
        [`${STREAMS}/Append`, (call) => append(call, writer)],
        [`${STREAMS}/BatchAppend`, (call) => batchAppend(call, writer, log)],
        [`${STREAMS}/Delete`, (call) => deleteStream(call, writer, 'delete')],
        [`${STREAMS}/Tombstone`, (call) => deleteStream(call, writer, 'tombstone')],
        [COPY, (call) => answerCopy(call, log, secret)],
      ]),
    );
    try {
      boundPort = await server.listen(port);
    } catch (reason) {
      await log.close();
      throw reason;
    }
    return new EventStore(boundPort, secret, server, log);
  }

  /** What was accepted is stored and answered first. */
  async stop(): Promise<void> {
    await this.log.flushed().catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await this.server.stop();
    await this.log.close();
  }
}

const answering = (answer: () => Buffer): Handler =>
  async function answered(call: Call) {
    await call.receive(() => undefined);
    call.send(answer());
  };

/** `$all` is never empty, as on a real server: this is one of the events that it, too, writes at its first start. */
async function writeFirstEvent(writer: Writer): Promise<void> {
  const first = {
    id: randomUUID(),
    type: Buffer.from('$metadata'),
    contentType: Buffer.from('application/json'),
    data: Buffer.from('{"$maxAge":86400}'),
    metadata: Buffer.alloc(0),
  };
  await writer.append('$$$stats-127.0.0.1:2113', NO_STREAM, [first]);
}
