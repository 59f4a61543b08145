import { Server, ServerCredentials, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featureMessages from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_grpc_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';

type BatchAppendReq = messages.BatchAppendReq;
type BatchAppendResp = messages.BatchAppendResp;
type SupportedMethods = featureMessages.SupportedMethods;
type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;
type ReadCall = ServerWritableStream<messages.ReadReq, messages.ReadResp>;

/** How a store that speaks EventStoreDB's protocol behaves; each is what a real one was seen to do on a bad day. */
export interface Script {
  append?(request: BatchAppendReq, call: BatchCall): void;
  read?(call: ReadCall): void;
  features?(answer: (error: Error | null, methods?: SupportedMethods) => void): void;
}

export async function startScriptedStore(script: Script) {
  const server = new Server();
  server.addService(features.ServerFeaturesService, {
    getSupportedMethods: (_: unknown, answer: (error: Error | null, methods?: SupportedMethods) => void) =>
      script.features ? script.features(answer) : answer(null, batchAppendSupported()),
  });
  server.addService(streams.StreamsService, {
    batchAppend(call: BatchCall) {
      call.on('error', () => {});
      call.on('data', (request: BatchAppendReq) => script.append?.(request, call));
      call.on('end', () => call.end());
    },
    read: (call: ReadCall) => script.read?.(call),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, url: `esdb://127.0.0.1:${port}?tls=false`, stop: () => server.forceShutdown() };
}

export function batchAppendSupported(): SupportedMethods {
  const method = new featureMessages.SupportedMethod()
    .setServiceName('event_store.client.streams.Streams')
    .setMethodName('BatchAppend');
  return new featureMessages.SupportedMethods().setEventStoreServerVersion('23.10.0').setMethodsList([method]);
}

/** The answer to an append; without a position as the real store may answer one that it recognises as a repetition. */
export function success(request: BatchAppendReq, revision: number, position?: bigint): BatchAppendResp {
  const written = new messages.BatchAppendResp.Success().setCurrentRevision(String(revision));
  if (position === undefined) written.setNoPosition(new shared.Empty());
  else
    written.setPosition(
      new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position)),
    );
  const answer = new messages.BatchAppendResp().setCorrelationId(request.getCorrelationId()).setSuccess(written);
  return answer.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('s').toString('base64')));
}

export interface ScriptedEvent {
  type?: string;
  data?: string;
  metadata?: string;
  revision: number;
  /** Left out: the store does not say. */
  position?: bigint;
}

export function eventResponse({
  type = 'Added',
  data = '{"amount":1}',
  metadata = '{"schema":1}',
  revision,
  position,
}: ScriptedEvent): messages.ReadResp {
  const recorded = new messages.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(`00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('s').toString('base64')))
    .setStreamRevision(String(revision))
    .setCommitPosition(String(position ?? 2n ** 64n - 1n))
    .setPreparePosition(String(position ?? 2n ** 64n - 1n))
    .setData(Buffer.from(data).toString('base64'))
    .setCustomMetadata(Buffer.from(metadata).toString('base64'));
  recorded.getMetadataMap().set('type', type).set('content-type', 'application/json').set('created', '0');
  const event = new messages.ReadResp.ReadEvent().setEvent(recorded);
  if (position === undefined) event.setNoPosition(new shared.Empty());
  else event.setCommitPosition(String(position));
  return new messages.ReadResp().setEvent(event);
}
