/** Reading BSON where it lies: values are places in a buffer, nothing is decoded that nobody asks for. */
import { CommandError, notSupported } from '../errors.js';

export const Type = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  objectId: 7,
  boolean: 8,
  date: 9,
  null: 10,
  regex: 11,
  int32: 16,
  timestamp: 17,
  int64: 18,
  minKey: 255,
  maxKey: 127,
} as const;

/** MongoDB's names of the types, as they appear in its messages. */
export const typeName: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  12: 'dbPointer',
  13: 'javascript',
  14: 'symbol',
  15: 'javascriptWithScope',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  127: 'maxKey',
  255: 'minKey',
};

/** One value: its type and the bytes [start, end), without the type byte and the name. */
export interface Value {
  readonly type: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const corrupt = (why: string) => new CommandError('InvalidBSON', `invalid BSON: ${why}`);

function sizeOf(type: number, bytes: Buffer, at: number): number {
  switch (type) {
    case Type.double:
    case Type.date:
    case Type.timestamp:
    case Type.int64:
      return 8;
    case Type.string:
      return 4 + bytes.readInt32LE(at);
    case Type.object:
    case Type.array:
      return bytes.readInt32LE(at);
    case Type.binary:
      return 5 + bytes.readInt32LE(at);
    case Type.objectId:
      return 12;
    case Type.boolean:
      return 1;
    case Type.null:
    case Type.minKey:
    case Type.maxKey:
      return 0;
    case Type.int32:
      return 4;
    case Type.regex: {
      const pattern = bytes.indexOf(0, at) + 1;
      return bytes.indexOf(0, pattern) + 1 - at;
    }
    default:
      throw typeName[type] ? notSupported(`the BSON type ${typeName[type]}`) : corrupt(`unknown type ${type}`);
  }
}

/** Walks the elements of a document or array; it is its own current element, so a walk allocates nothing. */
export class Elements {
  type = 0;
  nameStart = 0;
  nameEnd = 0;
  start = 0;
  end: number;

  constructor(
    readonly bytes: Buffer,
    at = 0,
  ) {
    this.end = at + 4;
  }

  next(): boolean {
    const type = this.bytes[this.end];
    if (!type) return false;
    this.type = type;
    this.nameStart = this.end + 1;
    let at = this.nameStart;
    while (this.bytes[at] !== 0) at++;
    this.nameEnd = at;
    this.start = at + 1;
    this.end = this.start + sizeOf(type, this.bytes, this.start);
    return true;
  }

  get name(): string {
    return this.bytes.toString('utf8', this.nameStart, this.nameEnd);
  }

  named(name: Buffer): boolean {
    if (this.nameEnd - this.nameStart !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.bytes[this.nameStart + i] !== name[i]) return false;
    return true;
  }

  get value(): Value {
    return { type: this.type, bytes: this.bytes, start: this.start, end: this.end };
  }
}

/** The field of a document that begins at `at`, or undefined. */
export function field(bytes: Buffer, at: number, name: Buffer): Value | undefined {
  const elements = new Elements(bytes, at);
  while (elements.next()) if (elements.named(name)) return elements.value;
  return undefined;
}

/** The fields of an object, or the elements of an array, in their order. */
export function* entries(value: Value): Generator<[name: string, value: Value]> {
  const elements = new Elements(value.bytes, value.start);
  while (elements.next()) yield [elements.name, elements.value];
}

export const items = (array: Value): Value[] => Array.from(entries(array), ([, item]) => item);

export const document = (bytes: Buffer): Value => ({ type: Type.object, bytes, start: 0, end: bytes.length });

export const bytesOf = (value: Value): Buffer => value.bytes.subarray(value.start, value.end);

export const isNumber = (type: number): boolean => type === Type.int32 || type === Type.double || type === Type.int64;

/** The number as a double: for limits and sizes, not for arithmetic on int64. */
export function numberOf(value: Value): number {
  if (value.type === Type.int32) return value.bytes.readInt32LE(value.start);
  if (value.type === Type.double) return value.bytes.readDoubleLE(value.start);
  return Number(value.bytes.readBigInt64LE(value.start));
}

export const stringOf = (value: Value): string => value.bytes.toString('utf8', value.start + 4, value.end - 1);

/** As MongoDB coerces a flag: false, null, 0 and absence are false. */
export function truthy(value: Value | undefined): boolean {
  if (!value || value.type === Type.null) return false;
  if (value.type === Type.boolean) return value.bytes[value.start] === 1;
  return !isNumber(value.type) || numberOf(value) !== 0;
}

/** Refuses bytes that are not well-formed BSON, or that hold a type this server does not keep. Once, at the door. */
export function verify(bytes: Buffer, at = 0, limit = bytes.length, depth = 0): void {
  if (depth > 180) throw corrupt('nested deeper than 180 levels');
  if (at + 5 > limit) throw corrupt('truncated document');
  const end = at + bytes.readInt32LE(at);
  if (end > limit || end < at + 5 || bytes[end - 1] !== 0) throw corrupt('wrong length of a document');
  const elements = new Elements(bytes, at);
  while (elements.end < end - 1 && elements.next()) {
    if (elements.end > end - 1 || elements.end < elements.start)
      throw corrupt(`the field ${elements.name} ends outside of its document`);
    if (elements.type === Type.object || elements.type === Type.array)
      verify(bytes, elements.start, elements.end, depth + 1);
    if (elements.type === Type.string && bytes[elements.end - 1] !== 0) throw corrupt('a string does not end with NUL');
  }
  if (elements.end !== end - 1) throw corrupt('wrong length of a document');
}

/** Names of fields of two documents, among them all in which they differ. */
export function differing(one: Buffer, other: Buffer): ReadonlySet<string> {
  const names = new Set<string>();
  const [a, b] = [new Elements(one, 0), new Elements(other, 0)];
  for (;;) {
    const [more, others] = [a.next(), b.next()];
    if (!more && !others) return names;
    const sameName = more && others && equalBytes(a.bytes, a.nameStart, a.nameEnd, b.bytes, b.nameStart, b.nameEnd);
    if (!sameName) {
      // From here on they have other fields, or these in another order.
      for (let left = more; left; left = a.next()) names.add(a.name);
      for (let left = others; left; left = b.next()) names.add(b.name);
      return names;
    }
    if (a.type !== b.type || !equalBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end)) names.add(a.name);
  }
}

const equalBytes = (a: Buffer, start: number, end: number, b: Buffer, otherStart: number, otherEnd: number): boolean =>
  end - start === otherEnd - otherStart && a.compare(b, otherStart, otherEnd, start, end) === 0;
