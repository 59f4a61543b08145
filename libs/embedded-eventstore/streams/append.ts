import { Code, GrpcError, maximumAppendSizeExceeded, streamDeleted, wrongExpectedVersion } from '../protocol/status.js';
import {
  appendRequest,
  batchAppendRequest,
  deletion,
  proposedEvent,
  writeOptions,
  type WriteOptions,
} from '../protocol/requests.js';
import * as respond from '../protocol/responses.js';
import type { EventLog } from '../storage/log.js';
import type { ProposedEvent } from '../storage/record.js';
import type { Call } from '../transport/call.js';
import type { Writer } from './writer.js';

/** The most that one append may hold, in bytes: 1 MiB, the default of EventStoreDB. */
const MAX_APPEND = 1024 * 1024;

/** Above this many bytes that wait for the disk, no more is read from a writer. */
const MAX_BACKLOG = 16 * 1024 * 1024;

/** How often appends are looked through for passed deadlines, in milliseconds. */
const DEADLINE_SWEEP = 100;

/** What EventStoreDB counts: data, metadata, and the type in UTF-16. */
const sizeOf = ({ data, metadata, type }: ProposedEvent) => data.length + metadata.length + 2 * type.toString().length;

/** Append: one call, one append. */
export async function append(call: Call, writer: Writer): Promise<void> {
  let options: WriteOptions | undefined;
  const events: ProposedEvent[] = [];
  let size = 0;
  await call.receive((message) => {
    const request = appendRequest(message);
    if ('options' in request) options = request.options;
    else {
      size += sizeOf(request.event);
      if (size > MAX_APPEND) throw maximumAppendSizeExceeded(MAX_APPEND);
      events.push(request.event);
    }
  });
  if (call.closed) return;
  if (!options) throw new GrpcError(Code.INVALID_ARGUMENT, 'The append has no options.');
  const outcome = await writer.append(options.stream, options.expected, events);
  if (outcome.kind === 'deleted') throw streamDeleted(options.stream);
  call.send(respond.appendResponse(outcome, options.expected));
}

interface Batch extends WriteOptions {
  readonly correlation: Buffer;
  readonly events: ProposedEvent[];
  size: number;
}

/** BatchAppend: many appends on one call, each answered once, in the order in which they reach the disk. */
export async function batchAppend(call: Call, writer: Writer, log: EventLog): Promise<void> {
  /** Not answered yet. A client's library breaks on a second answer, so nobody else answers. */
  const open = new Map<string, Batch>();
  const unfinished = new Set<Promise<void>>();

  const answer = (key: string, batch: Batch, response: Buffer) => {
    if (open.get(key) !== batch) return;
    open.delete(key);
    call.send(response);
  };
  const refuse = (key: string, batch: Batch, error: Parameters<typeof respond.batchError>[2]) =>
    answer(key, batch, respond.batchError(batch.correlation, batch.stream, error));

  const write = async (key: string, batch: Batch): Promise<void> => {
    try {
      const outcome = await writer.append(batch.stream, batch.expected, batch.events);
      if (outcome.kind === 'appended')
        answer(key, batch, respond.batchSuccess(batch.correlation, batch.stream, outcome));
      else if (outcome.kind === 'deleted') refuse(key, batch, respond.batchStreamDeleted(batch.stream));
      else refuse(key, batch, respond.batchWrongExpectedVersion(batch.expected, outcome.current));
    } catch (reason) {
      if (reason instanceof GrpcError && reason.code === Code.UNAVAILABLE) call.end(reason);
      else refuse(key, batch, respond.batchFailure(reason));
    }
  };

  const sweep = setInterval(() => {
    const now = Date.now();
    for (const [key, batch] of open) if (batch.deadline < now) refuse(key, batch, respond.batchTimeout());
  }, DEADLINE_SWEEP);
  call.whenClosed(() => clearInterval(sweep));

  await call.receive((message) => {
    const request = batchAppendRequest(message);
    const key = request.correlation.toString('latin1');
    if (request.options) {
      open.set(key, { ...writeOptions(request.options), correlation: request.correlation, events: [], size: 0 });
    }
    const batch = open.get(key);
    if (!batch) return; // already refused: the rest of it is ignored
    try {
      for (const fields of request.events) {
        const event = proposedEvent(fields);
        batch.size += sizeOf(event);
        batch.events.push(event);
      }
    } catch (reason) {
      return refuse(key, batch, respond.batchFailure(reason));
    }
    if (batch.deadline <= Date.now()) return refuse(key, batch, respond.batchTimeout());
    if (batch.size > MAX_APPEND) return refuse(key, batch, respond.batchMaximumAppendSizeExceeded(MAX_APPEND));
    if (!request.isFinal) return;
    const written = write(key, batch).finally(() => unfinished.delete(written));
    unfinished.add(written);
    if (log.backlog > MAX_BACKLOG) {
      call.pause();
      void written.finally(() => call.resume());
    }
  });
  await Promise.all(unfinished);
}

export async function deleteStream(call: Call, writer: Writer, how: 'delete' | 'tombstone'): Promise<void> {
  const { stream, expected } = deletion(await call.message());
  const outcome = await writer[how](stream, expected);
  if (outcome.kind === 'deleted') throw streamDeleted(stream);
  if (outcome.kind === 'wrongExpectedVersion') throw wrongExpectedVersion(stream, expected, outcome.current);
  call.send(respond.deleteResponse(outcome.position));
}
