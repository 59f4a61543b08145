import { crc32 } from 'node:zlib';
import { bytes, Fields, frame, message, uint, varintLength, writeVarint } from '../protocol/wire.js';
import { DELETED } from '../protocol/revision.js';

/** An event as a client proposes it; the buffers are slices of its request and are not copied before they are stored. */
export interface ProposedEvent {
  /** UUID, 36 characters, lower case. */
  readonly id: string;
  readonly type: Buffer;
  readonly contentType: Buffer;
  readonly data: Buffer;
  readonly metadata: Buffer;
}

/*
 * A record is a checksum (4 bytes) and then the event as it goes to a reader: a gRPC frame with a ReadResp in it. So a
 * reader costs no encoding, and the fields that the server itself looks at stand first, in a fixed order:
 *
 *   crc32 | 0, length | ReadResp.event { RecordedEvent { id, stream, revision, prepare, commit, metadata, …, data }, commit }
 */
const CHECKSUM = 4;
const FRAME_HEAD = 5;
const ID_FIELD = 40;
const LAST_REVISION = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]); // 2^63 - 1

const TYPE_KEY = Buffer.from('\x0a\x04type');
const CONTENT_TYPE_KEY = Buffer.from('\x0a\x0ccontent-type');
const CREATED_KEY = Buffer.from('\x0a\x07created');

const lengthDelimited = (length: number) => 1 + varintLength(length) + length;

/** `created` in milliseconds since 1970. */
export function encodeRecord(
  event: ProposedEvent,
  stream: Buffer,
  revision: number,
  position: number,
  created: number,
): Buffer {
  const ticks = Buffer.from(`${created}0000`); // 100 ns, since 1970
  const typeEntry = TYPE_KEY.length + lengthDelimited(event.type.length);
  const createdEntry = CREATED_KEY.length + lengthDelimited(ticks.length);
  const contentTypeEntry = CONTENT_TYPE_KEY.length + lengthDelimited(event.contentType.length);
  const name = lengthDelimited(stream.length);
  const positionLength = varintLength(position);
  const revisionLength = revision === DELETED ? LAST_REVISION.length : varintLength(revision);
  const recorded =
    ID_FIELD +
    lengthDelimited(name) +
    (1 + revisionLength) +
    2 * (1 + positionLength) +
    lengthDelimited(typeEntry) +
    lengthDelimited(createdEntry) +
    lengthDelimited(contentTypeEntry) +
    lengthDelimited(event.metadata.length) +
    lengthDelimited(event.data.length);
  const readEvent = lengthDelimited(recorded) + 1 + positionLength;
  const response = lengthDelimited(readEvent);

  const record = Buffer.allocUnsafe(CHECKSUM + FRAME_HEAD + response);
  let at = CHECKSUM;
  record[at++] = 0;
  at = record.writeUInt32BE(response, at);
  const open = (tag: number, length: number) => {
    record[at++] = tag;
    at = writeVarint(record, at, length);
  };
  const put = (tag: number, value: Buffer) => {
    open(tag, value.length);
    at += value.copy(record, at);
  };
  const entry = (length: number, key: Buffer, value: Buffer) => {
    open(0x32, length);
    at += key.copy(record, at);
    put(0x12, value);
  };
  open(0x0a, readEvent);
  open(0x0a, recorded);
  open(0x0a, 38);
  open(0x12, 36);
  at += record.write(event.id, at, 'latin1');
  open(0x12, name);
  put(0x1a, stream);
  record[at++] = 0x18;
  at = revision === DELETED ? at + LAST_REVISION.copy(record, at) : writeVarint(record, at, revision);
  open(0x20, position);
  open(0x28, position);
  entry(typeEntry, TYPE_KEY, event.type);
  entry(createdEntry, CREATED_KEY, ticks);
  entry(contentTypeEntry, CONTENT_TYPE_KEY, event.contentType);
  put(0x3a, event.metadata);
  put(0x42, event.data);
  open(0x18, position);
  record.writeUInt32BE(crc32(record.subarray(CHECKSUM)), 0);
  return record;
}

export const isIntact = (record: Buffer): boolean =>
  record.length > CHECKSUM && crc32(record.subarray(CHECKSUM)) === record.readUInt32BE(0);

/** What the server looks at in an intact record, as offsets: nothing is decoded before somebody asks. */
export class StoredEvent {
  readonly position: number;
  readonly revision: number;
  private readonly idAt: number;
  private readonly streamFrom: number;
  private readonly streamTo: number;
  private readonly typeFrom: number;
  private readonly typeTo: number;
  private at = CHECKSUM + FRAME_HEAD;

  constructor(readonly record: Buffer) {
    this.length();
    this.length();
    this.idAt = this.at + 4;
    this.at += ID_FIELD;
    this.length();
    const stream = this.length();
    this.streamFrom = this.at;
    this.streamTo = this.at += stream;
    this.revision = this.length();
    this.position = this.length();
    this.length();
    this.length();
    this.at += TYPE_KEY.length;
    const type = this.length();
    this.typeFrom = this.at;
    this.typeTo = this.at + type;
  }

  /** The event as it goes to a reader who takes ids as text. */
  get frame(): Buffer {
    return this.record.subarray(CHECKSUM);
  }

  get id(): string {
    return this.record.toString('latin1', this.idAt, this.idAt + 36);
  }

  get stream(): string {
    return this.record.toString('utf8', this.streamFrom, this.streamTo);
  }

  get type(): string {
    return this.record.toString('utf8', this.typeFrom, this.typeTo);
  }

  isOf(stream: Buffer): boolean {
    return this.record.compare(stream, 0, stream.length, this.streamFrom, this.streamTo) === 0;
  }

  get data(): Buffer {
    const recorded = this.recorded();
    let data: Buffer = Buffer.alloc(0);
    while (recorded.next()) if (recorded.field === 8) data = recorded.bytes;
    return data;
  }

  /** Milliseconds since 1970. */
  get created(): number {
    const recorded = this.recorded();
    while (recorded.next()) {
      if (recorded.field !== 6) continue;
      const entry = recorded.message;
      if (entry.next() && entry.text === 'created' && entry.next()) return Number(entry.text.slice(0, -4));
    }
    return 0;
  }

  /** The event for a reader who takes ids as two 64-bit numbers, as some clients do. */
  get frameWithStructuredId(): Buffer {
    return frame(message(1, bytes(1, this.recordedEvent(true)), uint(3, this.position)));
  }

  /** This link for a reader who wants what it leads to beside it; undefined: that is gone. */
  frameWithTarget(target: StoredEvent | undefined, structuredId: boolean): Buffer {
    const event = target ? [bytes(1, target.recordedEvent(structuredId))] : [];
    return frame(message(1, ...event, bytes(2, this.recordedEvent(structuredId)), uint(3, this.position)));
  }

  /** The message RecordedEvent; its id as text, or as two 64-bit numbers. */
  private recordedEvent(structuredId: boolean): Buffer {
    const idField = this.idAt - 4;
    const end = this.record.length - 1 - varintLength(this.position);
    if (!structuredId) return this.record.subarray(idField, end);
    const hex = this.id.replaceAll('-', '');
    const half = (field: number, digits: string) => {
      let rest = BigInt(`0x${digits}`);
      const varint: number[] = [field * 8];
      for (; rest > 127n; rest >>= 7n) varint.push(Number(rest & 127n) | 128);
      return Buffer.from([...varint, Number(rest)]);
    };
    const id = message(1, message(1, half(1, hex.slice(0, 16)), half(2, hex.slice(16))));
    return Buffer.concat([id, this.record.subarray(idField + ID_FIELD, end)]);
  }

  private recorded(): Fields {
    return new Fields(this.record, this.idAt - 4, this.record.length - 1 - varintLength(this.position));
  }

  /** Steps over one tag and reads the number behind it. */
  private length(): number {
    let at = this.at + 1;
    let value = 0;
    let scale = 1;
    let byte = this.record[at++] ?? 0;
    while (byte >= 0x80) {
      value += (byte & 0x7f) * scale;
      scale *= 128;
      byte = this.record[at++] ?? 0;
    }
    this.at = at;
    return value + byte * scale;
  }
}
