import type { ProposedEvent } from '../storage/record.js';
import { ANY, DELETED, NO_STREAM, STREAM_EXISTS } from './revision.js';
import type { FilterRequest } from '../streams/filter.js';
import { invalidArgument, requiredMetadataMissing } from './status.js';
import { Fields } from './wire.js';

/** The messages of EventStoreDB's v1 protocol that clients send: streams.proto and shared.proto, as far as they are used. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NO_BYTES: Buffer = Buffer.alloc(0);

export interface ReadRequest {
  /** Undefined: `$all`. */
  stream: string | undefined;
  /** Revision, or position in `$all`. */
  from: number | 'start' | 'end';
  backwards: boolean;
  /** Where an event is a link, the event that it leads to is sent along. */
  resolveLinks: boolean;
  /** How many events at most; undefined in a subscription. */
  count: number | undefined;
  filter: (FilterRequest & { checkpointEvery: number }) | undefined;
  structuredIds: boolean;
}

export function readRequest(buffer: Buffer): ReadRequest {
  const options = submessage(new Fields(buffer), 1);
  const request: ReadRequest = {
    stream: undefined,
    from: 'start',
    backwards: false,
    resolveLinks: false,
    count: 0,
    filter: undefined,
    structuredIds: false,
  };
  let known = false;
  let subscription = false;
  while (options.next()) {
    const { field } = options;
    if (field === 1 || field === 2) {
      known = true;
      readFrom(options.message, request, field === 1 ? 1 : 0);
    } else if (field === 3) request.backwards = options.uint === 1;
    else if (field === 4) request.resolveLinks = options.uint === 1;
    else if (field === 5) request.count = options.uint;
    else if (field === 6) subscription = true;
    else if (field === 7) request.filter = filter(options.message);
    else if (field === 9) request.structuredIds = has(options.message, 1);
  }
  if (!known) throw invalidArgument('A read names a stream or $all.');
  if (subscription && request.backwards) throw invalidArgument('A subscription cannot go backwards.');
  if (request.stream !== undefined && request.filter) throw invalidArgument('Only $all can be filtered.');
  if (subscription) request.count = undefined;
  return request;
}

/** StreamOptions {1 stream, 2 revision, 3 start, 4 end} and AllOptions {1 position, 2 start, 3 end} differ by one. */
function readFrom(fields: Fields, request: ReadRequest, shift: 0 | 1): void {
  while (fields.next()) {
    if (shift === 1 && fields.field === 1) request.stream = streamName(fields.message);
    else if (fields.field === 1 + shift) request.from = shift === 1 ? fields.uint : commitPosition(fields.message);
    else if (fields.field === 2 + shift) request.from = 'start';
    else if (fields.field === 3 + shift) request.from = 'end';
  }
  if (typeof request.from === 'number') request.from = Math.min(request.from, DELETED);
}

function commitPosition(fields: Fields): number {
  let position = 0;
  while (fields.next()) if (fields.field === 1) position = fields.uint;
  return position;
}

/** Events between two checkpoints are `checkpointIntervalMultiplier` times the search window, which is 32 unless given. */
function filter(fields: Fields): FilterRequest & { checkpointEvery: number } {
  let on: 'stream' | 'type' | undefined;
  let prefixes: string[] = [];
  let regex: string | undefined;
  let window = 32;
  let multiplier = 0;
  while (fields.next()) {
    if (fields.field === 1 || fields.field === 2) {
      on = fields.field === 1 ? 'stream' : 'type';
      prefixes = [];
      const expression = fields.message;
      while (expression.next()) {
        if (expression.field === 1) regex = expression.text;
        else if (expression.field === 2) prefixes.push(expression.text);
      }
    } else if (fields.field === 3) window = fields.uint;
    else if (fields.field === 5) multiplier = fields.uint;
  }
  if (!on) throw invalidArgument('A filter names what it looks at: the stream or the event type.');
  if (window === 0) throw invalidArgument('The maximum search window must be greater than 0.');
  return { on, prefixes, regex, checkpointEvery: window * multiplier };
}

/** The options of an append or a deletion: which stream, what is expected of it, and until when. */
export interface WriteOptions {
  stream: string;
  expected: number;
  /** Milliseconds since 1970; only batch appends carry it. */
  deadline: number;
}

const EXPECTED: Record<number, number> = { 3: NO_STREAM, 4: ANY, 5: STREAM_EXISTS };

/** The options of AppendReq, BatchAppendReq, DeleteReq and TombstoneReq have the same fields. */
export function writeOptions(fields: Fields): WriteOptions {
  let stream: string | undefined;
  let expected: number | undefined;
  let deadline = Infinity;
  while (fields.next()) {
    if (fields.field === 1) stream = streamName(fields.message);
    else if (fields.field === 2) expected = fields.uint;
    else if (fields.field <= 5) expected = EXPECTED[fields.field];
    else if (fields.field === 6) deadline = milliseconds(fields.message);
    else if (fields.field === 7) deadline = Date.now() + milliseconds(fields.message);
  }
  if (stream === undefined || expected === undefined)
    throw invalidArgument('A write names its stream and the revision that it expects.');
  return { stream, expected, deadline };
}

export const deletion = (buffer: Buffer): WriteOptions => writeOptions(submessage(new Fields(buffer), 1));

/** One message of an Append call: first the options, then an event each. */
export function appendRequest(buffer: Buffer): { options: WriteOptions } | { event: ProposedEvent } {
  const fields = new Fields(buffer);
  while (fields.next()) {
    if (fields.field === 1) return { options: writeOptions(fields.message) };
    if (fields.field === 2) return { event: proposedEvent(fields.message) };
  }
  throw invalidArgument('An append consists of options and events.');
}

export interface BatchAppendRequest {
  /** The client's UUID message as it came: the answer repeats it. */
  correlation: Buffer;
  /** Only in the first message of an append. */
  options: Fields | undefined;
  events: Fields[];
  isFinal: boolean;
}

export function batchAppendRequest(buffer: Buffer): BatchAppendRequest {
  const request: BatchAppendRequest = { correlation: NO_BYTES, options: undefined, events: [], isFinal: false };
  const fields = new Fields(buffer);
  while (fields.next()) {
    if (fields.field === 1) request.correlation = fields.bytes;
    else if (fields.field === 2) request.options = fields.message;
    else if (fields.field === 3) request.events.push(fields.message);
    else if (fields.field === 4) request.isFinal = fields.uint === 1;
  }
  return request;
}

/** google.protobuf.Timestamp and Duration. */
function milliseconds(fields: Fields): number {
  let time = 0;
  while (fields.next()) {
    if (fields.field === 1) time += Number(BigInt.asIntN(64, fields.uint64)) * 1000;
    else if (fields.field === 2) time += Number(BigInt.asIntN(64, fields.uint64)) / 1e6;
  }
  return time;
}

/** The proposed message of both kinds of append. */
export function proposedEvent(fields: Fields): ProposedEvent {
  let id = '';
  let type: Buffer | undefined;
  let contentType: Buffer | undefined;
  let metadata = NO_BYTES;
  let data = NO_BYTES;
  while (fields.next()) {
    if (fields.field === 1) id = uuid(fields.message);
    else if (fields.field === 2) {
      const [key, value] = mapEntry(fields.message);
      if (key === 'type') type = value;
      else if (key === 'content-type') contentType = value;
    } else if (fields.field === 3) metadata = fields.bytes;
    else if (fields.field === 4) data = fields.bytes;
  }
  if (!UUID.test(id)) throw invalidArgument(`The event's id '${id}' is not a UUID.`);
  if (!type) throw requiredMetadataMissing('type');
  if (!contentType) throw requiredMetadataMissing('content-type');
  return { id, type, contentType, data, metadata };
}

function mapEntry(fields: Fields): [key: string, value: Buffer] {
  let key = '';
  let value = NO_BYTES;
  while (fields.next()) {
    if (fields.field === 1) key = fields.text;
    else if (fields.field === 2) value = fields.bytes;
  }
  return [key, value];
}

function uuid(fields: Fields): string {
  while (fields.next()) {
    if (fields.field === 2) return fields.text.toLowerCase();
    if (fields.field === 1) {
      const halves = [0n, 0n];
      const structured = fields.message;
      while (structured.next()) halves[structured.field - 1] = structured.uint64;
      const hex = halves.map((half) => half.toString(16).padStart(16, '0')).join('');
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    }
  }
  return '';
}

function streamName(fields: Fields): string {
  let name = '';
  while (fields.next()) if (fields.field === 3) name = fields.text;
  return name;
}

function submessage(fields: Fields, field: number): Fields {
  while (fields.next()) if (fields.field === field) return fields.message;
  throw invalidArgument('The request has no options.');
}

function has(fields: Fields, field: number): boolean {
  while (fields.next()) if (fields.field === field) return true;
  return false;
}
