import { invalidArgument } from './status.js';

/**
 * Reads a protobuf message field by field, without copying: `while (fields.next()) switch (fields.field) …`.
 * Fields of a kind that the caller does not ask for are stepped over.
 */
export class Fields {
  /** Number of the field that `next` stopped at. */
  field = 0;
  /** Its value where it is a varint; exact up to 2^53. */
  uint = 0;
  private from = 0;
  private to = 0;

  constructor(
    private readonly buffer: Buffer,
    private at = 0,
    private readonly end = buffer.length,
  ) {}

  next(): boolean {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    this.field = tag >>> 3;
    this.from = this.at;
    switch (tag & 7) {
      case 0:
        this.uint = this.varint();
        this.to = this.at;
        break;
      case 1:
        this.to = this.at += 8;
        break;
      case 2: {
        const length = this.varint();
        this.from = this.at;
        this.to = this.at += length;
        break;
      }
      case 5:
        this.to = this.at += 4;
        break;
      default:
        throw invalidArgument('The message is not valid protobuf.');
    }
    if (this.at > this.end) throw invalidArgument('The message is cut off.');
    return true;
  }

  get bytes(): Buffer {
    return this.buffer.subarray(this.from, this.to);
  }

  get text(): string {
    return this.buffer.toString('utf8', this.from, this.to);
  }

  get message(): Fields {
    return new Fields(this.buffer, this.from, this.to);
  }

  /** The varint as an unsigned 64-bit integer. */
  get uint64(): bigint {
    let value = 0n;
    for (let at = this.to - 1; at >= this.from; at--) value = (value << 7n) | BigInt((this.buffer[at] ?? 0) & 0x7f);
    return BigInt.asUintN(64, value);
  }

  private varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.buffer[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw invalidArgument('The message is not valid protobuf.');
  }
}

export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest /= 128) length++;
  return length;
}

/** Writes `value` (up to 2^53, or 2^63 for the last revision that there is) at `at`; returns the offset behind it. */
export function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    into[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  into[at++] = rest;
  return at;
}

const tagged = (field: number, wireType: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(varintLength(field * 8) + length);
  writeVarint(buffer, 0, field * 8 + wireType);
  return buffer;
};

export function uint(field: number, value: number): Buffer {
  const buffer = tagged(field, 0, varintLength(value));
  writeVarint(buffer, varintLength(field * 8), value);
  return buffer;
}

export function bytes(field: number, value: Buffer): Buffer {
  const buffer = tagged(field, 2, varintLength(value.length) + value.length);
  value.copy(buffer, writeVarint(buffer, varintLength(field * 8), value.length));
  return buffer;
}

export const text = (field: number, value: string): Buffer => bytes(field, Buffer.from(value));

export const message = (field: number, ...parts: Buffer[]): Buffer => bytes(field, Buffer.concat(parts));

export const empty = (field: number): Buffer => message(field);

/** The five bytes that gRPC puts before each message: not compressed, length. */
export function frame(...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(
    parts.reduce((length, part) => length + part.length, 0),
    1,
  );
  return Buffer.concat([head, ...parts]);
}
