/** A collection's documents and their index entries: always changed together. */
import { crc32 } from 'node:zlib';
import { CommandError } from '../errors.js';
import { encode, shorten, successor } from '../bson/key-encoding.js';
import { differing, entries, field, Type, type Value } from '../bson/raw.js';
import { keysOf } from '../plan/keys.js';
import { readable } from '../bson/readable.js';
import type { Index } from './catalog.js';
import { COUNTS, type Store, tableKey } from './store.js';

/** LMDB's keys hold 1,978 bytes: 4 for the table, the encoded _id (a hash of 16 follows where it is cut), the rest for an index's fields. */
export const LONGEST_ID = 480;
const LONGEST_FIELDS = 1_440;
export const limitOf = (index: Index): number =>
  index.name === PRIMARY ? LONGEST_ID : Math.floor(LONGEST_FIELDS / index.fields.length) - 16;

/** The name of the index that every collection has; its entries are the documents themselves. */
export const PRIMARY = '_id_';

const ID = Buffer.from('_id');

/** The key of a document in its collection. */
export const idKey = (id: Value): Buffer => shorten(encode(id), LONGEST_ID);

export function idOf(bytes: Buffer): Value {
  const id = field(bytes, 0, ID);
  if (!id) throw new CommandError('InternalError', 'a document without _id');
  return id;
}

function stored(bytes: Buffer): Buffer {
  const value = Buffer.allocUnsafe(4 + bytes.length);
  value.writeUInt32LE(crc32(bytes));
  bytes.copy(value, 4);
  return value;
}

/** A document as it was stored. @throws when the disk gave other bytes. */
export function checked(value: Buffer, namespace: string): Buffer {
  const bytes = value.subarray(4);
  if (crc32(bytes) !== value.readUInt32LE())
    throw new CommandError('InternalError', `a document of ${namespace} is damaged on disk`);
  return bytes;
}

export class Collection {
  /** @param indexes the first is the primary one */
  constructor(
    readonly store: Store,
    public namespace: string,
    readonly uuid: string,
    readonly indexes: Index[],
    public count: number,
  ) {}

  get primary(): Index {
    return this.indexes[0]!;
  }

  get table(): number {
    return this.primary.table;
  }

  get(id: Buffer): Buffer | undefined {
    const value = this.store.get(tableKey(this.table, id));
    return value && checked(value, this.namespace);
  }

  /** The same, without a copy: overwritten by the next document that is read. */
  peek(id: Buffer): Buffer | undefined {
    const value = this.store.peek(tableKey(this.table, id));
    return value && checked(value, this.namespace);
  }

  /**
   * Puts `next` in the place of `previous` (undefined: none), in a transaction. Nothing is written when it throws.
   * @returns true when an index learnt something that the catalog must keep
   * @throws CommandError 11000 when an index is unique and holds the key already
   */
  replace(id: Buffer, previous: Buffer | undefined, next: Buffer | undefined): boolean {
    const removed: Buffer[] = [];
    const added: [key: Buffer, value: Buffer][] = [];
    const learn: (() => void)[] = [];
    if (!previous && next && this.store.get(tableKey(this.table, id)))
      throw this.duplicate(PRIMARY, { _id: 1 }, [['_id', idOf(next)]]);
    if (id.length > LONGEST_ID && !this.primary.shortened) learn.push(() => (this.primary.shortened = true));
    const changed = previous && next && differing(previous, next);
    for (const index of this.indexes.slice(1)) {
      if (changed && !index.fields.some(({ path }) => changed.has(path.head))) continue;
      const limit = limitOf(index);
      const after = next ? keysOf(next, index.fields, limit) : undefined;
      const before = previous ? keysOf(previous, index.fields, limit) : undefined;
      for (const key of after?.keys ?? []) {
        if (before?.keys.some((old) => old.equals(key))) continue;
        if (index.unique) this.refuseDuplicate(index, key, id, next!);
        added.push([this.entry(index, key, id), offset(key.length)]);
      }
      for (const key of before?.keys ?? [])
        if (!after?.keys.some((kept) => kept.equals(key))) removed.push(this.entry(index, key, id));
      if (
        after &&
        ((after.shortened && !index.shortened) || after.multikey.some((many, i) => many && !index.multikey[i]))
      )
        learn.push(() => {
          index.shortened ||= after.shortened;
          index.multikey = index.multikey.map((many, i) => many || after.multikey[i]!);
        });
    }
    for (const key of removed) this.store.remove(key);
    for (const [key, value] of added) this.store.put(key, value);
    if (next) this.store.put(tableKey(this.table, id), stored(next));
    else this.store.remove(tableKey(this.table, id));
    this.count += (next ? 1 : 0) - (previous ? 1 : 0);
    for (const change of learn) change();
    return learn.length > 0;
  }

  /** The number of documents is kept with them; once at the end of a transaction. */
  saveCount(): void {
    const count = Buffer.alloc(8);
    count.writeBigUInt64BE(BigInt(this.count));
    this.store.put(tableKey(COUNTS, tableKey(this.table)), count);
  }

  entry(index: Index, key: Buffer, id: Buffer): Buffer {
    return tableKey(index.table, key, id);
  }

  private refuseDuplicate(index: Index, key: Buffer, id: Buffer, document: Buffer): void {
    const low = tableKey(index.table, key);
    const taken = this.store.read(low, successor(low), false, 2);
    if (taken.every((entry) => entry.key.subarray(low.length).equals(id))) return;
    throw this.duplicate(
      index.name,
      index.pattern,
      index.fields.map(({ path }) => [path.text, firstAt(document, path.parts)]),
    );
  }

  private duplicate(
    name: string,
    keyPattern: Readonly<Record<string, number>>,
    values: [string, Value | undefined][],
  ): CommandError {
    const keyValue = Object.fromEntries(values.map(([key, value]) => [key, value ? readable(value) : null]));
    const shown = values
      .map(([key, value]) => `${key}: ${value ? JSON.stringify(readable(value)) : 'null'}`)
      .join(', ');
    const message = `E11000 duplicate key error collection: ${this.namespace} index: ${name} dup key: { ${shown} }`;
    return new CommandError('DuplicateKey', message, { keyPattern, keyValue });
  }

  /** Adds the entries of one document to an index that is being built, in a transaction. */
  fill(index: Index, id: Buffer, document: Buffer): void {
    const { keys, multikey, shortened } = keysOf(document, index.fields, limitOf(index));
    for (const key of keys) {
      if (index.unique) this.refuseDuplicate(index, key, id, document);
      this.store.put(this.entry(index, key, id), offset(key.length));
    }
    index.multikey = index.multikey.map((many, i) => many || multikey[i]!);
    index.shortened ||= shortened;
  }
}

/** An entry's value: how long its fields are; the rest of its key is the document's. */
function offset(length: number): Buffer {
  const value = Buffer.allocUnsafe(2);
  value.writeUInt16LE(length);
  return value;
}

function firstAt(bytes: Buffer, parts: readonly Buffer[]): Value | undefined {
  let value = field(bytes, 0, parts[0]!);
  for (const part of parts.slice(1)) {
    if (value?.type === Type.array) value = [...entries(value)][0]?.[1];
    value = value?.type === Type.object ? field(value.bytes, value.start, part) : undefined;
  }
  return value;
}
