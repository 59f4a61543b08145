/** A server in a process of its own that answers every append at once and stores nothing: more than what a client reaches against it there is not. */
import { clusterInfo, supportedMethods } from '../../../libs/embedded-eventstore/node.js';
import { batchAppendRequest, writeOptions } from '../../../libs/embedded-eventstore/protocol/requests.js';
import { batchSuccess } from '../../../libs/embedded-eventstore/protocol/responses.js';
import type { Call } from '../../../libs/embedded-eventstore/transport/call.js';
import { GrpcServer, type Handler } from '../../../libs/embedded-eventstore/transport/server.js';

let port = 0;
let position = 0;

const answering = (answer: () => Buffer): Handler =>
  async function answered(call: Call) {
    await call.receive(() => undefined);
    call.send(answer());
  };

async function batchAppend(call: Call): Promise<void> {
  await call.receive((message) => {
    const { correlation, options } = batchAppendRequest(message);
    if (!options) throw new Error('Here an append is one message.');
    position += 1;
    call.send(batchSuccess(correlation, writeOptions(options).stream, { revision: position, position }));
  });
}

port = await new GrpcServer(
  new Map<string, Handler>([
    ['/event_store.client.server_features.ServerFeatures/GetSupportedMethods', answering(supportedMethods)],
    ['/event_store.client.gossip.Gossip/Read', answering(() => clusterInfo(port))],
    ['/event_store.client.streams.Streams/BatchAppend', batchAppend],
  ]),
).listen(0);
console.log(`esdb://127.0.0.1:${port}?tls=false`);
