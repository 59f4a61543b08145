/** Writing BSON: untouched values are copied as they lie. */
import { serialize } from 'bson';
import { Elements, Type, type Value } from './raw.js';

/** A document that is being changed: only what was opened is a Map or an array, the rest are raw values. */
export type Node = Value | Fields | Node[];
export type Fields = Map<string, Node>;

/** The value of a JavaScript value. */
export function valueOf(js: unknown): Value {
  const elements = new Elements(Buffer.from(serialize({ v: js })));
  elements.next();
  return elements.value;
}

/** Opens an object or array for changes; a scalar is returned as it is. */
export function open(node: Node): Node {
  if (node instanceof Map || Array.isArray(node)) return node;
  if (node.type === Type.object) return openFields(node.bytes, node.start);
  if (node.type === Type.array) return [...openFields(node.bytes, node.start).values()];
  return node;
}

export function openFields(bytes: Buffer, at = 0): Fields {
  const fields: Fields = new Map();
  const elements = new Elements(bytes, at);
  while (elements.next()) fields.set(elements.name, elements.value);
  return fields;
}

export class Writer {
  private bytes: Buffer;
  private length = 0;

  constructor(size = 512) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  private room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  private element(type: number, name: string): void {
    this.room(2 + name.length * 3);
    this.bytes[this.length++] = type;
    this.length += this.bytes.write(name, this.length, 'utf8');
    this.bytes[this.length++] = 0;
  }

  /** Opens a document; without a name the outermost one. The result is given to `end`. */
  begin(name?: string, type: number = Type.object): number {
    if (name !== undefined) this.element(type, name);
    this.room(4);
    this.length += 4;
    return this.length - 4;
  }

  end(begun: number): void {
    this.room(1);
    this.bytes[this.length++] = 0;
    this.bytes.writeInt32LE(this.length - begun, begun);
  }

  raw(type: number, name: string, bytes: Buffer, start = 0, end = bytes.length): void {
    this.element(type, name);
    this.room(end - start);
    bytes.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  long(name: string, value: bigint): void {
    this.element(Type.int64, name);
    this.room(8);
    this.length = this.bytes.writeBigInt64LE(value, this.length);
  }

  js(name: string, value: unknown): void {
    this.node(name, valueOf(value));
  }

  node(name: string, node: Node): void {
    if (node instanceof Map || Array.isArray(node)) {
      const begun = this.begin(name, Array.isArray(node) ? Type.array : Type.object);
      for (const [key, child] of node.entries()) this.node(String(key), child);
      this.end(begun);
    } else this.raw(node.type, name, node.bytes, node.start, node.end);
  }

  take(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

export function writeFields(fields: Fields): Buffer {
  const writer = new Writer();
  const begun = writer.begin();
  for (const [name, node] of fields) writer.node(name, node);
  writer.end(begun);
  return writer.take();
}

/** A node as one value: what was opened is written again. */
export function closed(node: Node): Value {
  if (!(node instanceof Map) && !Array.isArray(node)) return node;
  const elements = new Elements(writeFields(new Map([['v', node]])));
  elements.next();
  return elements.value;
}
