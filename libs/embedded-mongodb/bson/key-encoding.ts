/**
 * An order-preserving encoding of BSON values: comparing two encodings byte by byte gives MongoDB's comparison order.
 * No encoding is a prefix of another, so encodings can follow one another in a compound key.
 * Indexes, sorts, ranges, uniqueness and the matcher all use this one definition of order and equality.
 */
import { createHash } from 'node:crypto';
import { Elements, Type, type Value } from './raw.js';

/** First byte of an encoding; the order of types in MongoDB. `undefined` is what an index holds for an empty array. */
export const Class = {
  minKey: 1,
  undefined: 3,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  boolean: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  maxKey: 127,
} as const;

const classes = new Uint8Array(256);
for (const [name, type] of Object.entries(Type)) {
  const numeric = type === Type.double || type === Type.int32 || type === Type.int64;
  classes[type] = numeric ? Class.number : Class[name as keyof typeof Class];
}
export const classOf = (type: number): number => classes[type]!;

const HASH = 16;
const EXACT = 2n ** 53n;
const scratch = Buffer.alloc(8);

/** Grows as needed; `take` copies what was written. */
export class KeyWriter {
  bytes = Buffer.allocUnsafe(4096);
  length = 0;

  reset(): this {
    this.length = 0;
    return this;
  }

  take(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.length++] = value;
  }

  raw(source: Buffer, start = 0, end = source.length): void {
    this.room(end - start);
    source.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** NUL ends the text, so NUL and 1 within it are escaped by a 1. */
  text(source: Buffer, start: number, end: number): void {
    this.room(2 * (end - start) + 1);
    for (let i = start; i < end; i++) {
      const byte = source[i]!;
      if (byte <= 1) {
        this.bytes[this.length++] = 1;
        this.bytes[this.length++] = byte + 1;
      } else this.bytes[this.length++] = byte;
    }
    this.bytes[this.length++] = 0;
  }

  /** int64 as unsigned with the sign bit flipped. */
  signed(source: Buffer, start: number): void {
    this.room(8);
    for (let i = 0; i < 8; i++) this.bytes[this.length + i] = source[start + 7 - i]!;
    this.bytes[this.length]! ^= 0x80;
    this.length += 8;
  }

  /**
   * Eight bytes that order doubles (NaN first, -0 as 0). From 2^53 on two bytes follow: what an int64 has above the
   * nearest double that is not greater, so that int64 and double compare by value without loss.
   */
  number(value: number, above = 0): void {
    this.room(11);
    const at = this.length;
    if (Number.isNaN(value)) this.bytes.fill(0, at, at + 8);
    else {
      this.bytes.writeDoubleBE(value === 0 ? 0 : value, at);
      if (this.bytes[at]! & 0x80) for (let i = at; i < at + 8; i++) this.bytes[i]! ^= 0xff;
      else this.bytes[at]! ^= 0x80;
    }
    this.length += 8;
    if (Math.abs(value) >= 2 ** 53) this.length = this.bytes.writeUInt16BE(above, this.length);
  }

  long(value: bigint): void {
    if (value >= -EXACT && value <= EXACT) return this.number(Number(value));
    let nearest = Number(value);
    if (BigInt(nearest) > value) {
      scratch.writeDoubleBE(nearest);
      scratch.writeBigInt64BE(scratch.readBigInt64BE() + (nearest > 0 ? -1n : 1n));
      nearest = scratch.readDoubleBE();
    }
    this.number(nearest, Number(value - BigInt(nearest)));
  }

  /** What was written from there on, for a descending field. */
  invert(from: number): void {
    for (let i = from; i < this.length; i++) this.bytes[i]! ^= 0xff;
  }

  value(type: number, bytes: Buffer, start: number, end: number): void {
    this.byte(classOf(type));
    switch (type) {
      case Type.int32:
        return this.number(bytes.readInt32LE(start));
      case Type.double:
        return this.number(bytes.readDoubleLE(start));
      case Type.int64:
        return this.long(bytes.readBigInt64LE(start));
      case Type.string:
        return this.text(bytes, start + 4, end - 1);
      case Type.date:
        return this.signed(bytes, start);
      case Type.timestamp:
        this.signed(bytes, start);
        this.bytes[this.length - 8]! ^= 0x80;
        return;
      case Type.boolean:
        return this.byte(bytes[start]!);
      case Type.objectId:
        return this.raw(bytes, start, end);
      case Type.binary:
        this.room(4);
        this.length = this.bytes.writeUInt32BE(bytes.readInt32LE(start), this.length);
        return this.raw(bytes, start + 4, end);
      case Type.regex: {
        const flags = bytes.indexOf(0, start) + 1;
        this.text(bytes, start, flags - 1);
        return this.text(bytes, flags, end - 1);
      }
      case Type.object:
      case Type.array: {
        const elements = new Elements(bytes, start);
        while (elements.next()) {
          if (type === Type.object) {
            this.byte(classOf(elements.type));
            this.text(bytes, elements.nameStart, elements.nameEnd);
          }
          this.value(elements.type, bytes, elements.start, elements.end);
        }
        return this.byte(0);
      }
    }
  }
}

const writer = new KeyWriter();

export function encode(value: Value): Buffer {
  writer.reset().value(value.type, value.bytes, value.start, value.end);
  return writer.take();
}

export const nullKey = Buffer.from([Class.null]);
export const undefinedKey = Buffer.from([Class.undefined]);
/** Where the range of numbers begins: NaN lies below and compares with nothing. */
export const lowestNumber = (() => {
  writer.reset().byte(Class.number);
  writer.number(-Infinity);
  return writer.take();
})();
export const nan = (() => {
  writer.reset().byte(Class.number);
  writer.number(NaN);
  return writer.take();
})();

/**
 * LMDB's keys are limited, so an encoding of more than `limit` bytes becomes its first `limit` bytes and a hash of all:
 * still unique and prefix-free, no longer in order among those with the same beginning.
 */
export function shorten(key: Buffer, limit: number): Buffer {
  if (key.length <= limit) return key;
  return Buffer.concat([key.subarray(0, limit), createHash('sha256').update(key).digest().subarray(0, HASH)]);
}

/** For a descending field. */
export function invert(key: Buffer): Buffer {
  const inverted = Buffer.allocUnsafe(key.length);
  for (let i = 0; i < key.length; i++) inverted[i] = key[i]! ^ 0xff;
  return inverted;
}

/** The least key above all keys that begin with `prefix`. */
export function successor(prefix: Buffer): Buffer {
  let end = prefix.length;
  while (prefix[end - 1] === 0xff) end--;
  const next = Buffer.from(prefix.subarray(0, end));
  next[end - 1]!++;
  return next;
}
