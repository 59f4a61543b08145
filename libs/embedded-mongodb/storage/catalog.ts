/** Which collections and indexes there are. Kept in memory; every change is written in the transaction that makes it. */
import { deserialize, serialize } from 'bson';
import { randomUUID } from 'node:crypto';
import { CommandError } from '../errors.js';
import { fieldOf, type Field } from '../plan/keys.js';
import { Collection, PRIMARY } from './collection.js';
import { CATALOG, COUNTS, DROPPED, FIRST_TABLE, type Store, tableKey } from './store.js';

export interface Index {
  readonly name: string;
  readonly pattern: Readonly<Record<string, number>>;
  readonly fields: readonly Field[];
  readonly unique: boolean;
  readonly table: number;
  /** Fields of which some document had an array on the way. */
  multikey: boolean[];
  /** Some value was shortened: order among long values is lost, so sorts and bounds are checked again. */
  shortened: boolean;
  /** Its entries are not on disk yet, so no read may use it. */
  pending: boolean;
}

interface StoredIndex {
  name: string;
  pattern: [string, number][];
  unique: boolean;
  table: number;
  multikey: boolean[];
  shortened: boolean;
}

interface StoredCollection {
  name: string;
  uuid: string;
  indexes: StoredIndex[];
}

const everything = (table: number): [Buffer, Buffer] => [tableKey(table), tableKey(table + 1)];

export class Catalog {
  private readonly collections = new Map<string, Collection>();
  private nextTable = FIRST_TABLE;

  constructor(private readonly store: Store) {
    for (const { value } of store.read(...everything(CATALOG), false, Infinity)) {
      const stored = deserialize(value) as StoredCollection;
      const indexes = stored.indexes.map((index) => ({ ...index, ...patternOf(index.pattern), pending: false }));
      const counted = store.get(tableKey(COUNTS, tableKey(indexes[0]!.table)));
      const count = counted ? Number(counted.readBigUInt64BE()) : 0;
      this.collections.set(stored.name, new Collection(store, stored.name, stored.uuid, indexes, count));
      this.nextTable = Math.max(this.nextTable, ...indexes.map((index) => index.table + 1));
    }
    for (const { key } of store.read(...everything(DROPPED), false, Infinity))
      this.nextTable = Math.max(this.nextTable, key.readUInt32BE(4) + 1);
  }

  get(namespace: string): Collection | undefined {
    return this.collections.get(namespace);
  }

  of(database: string): Collection[] {
    return [...this.collections.values()].filter(({ namespace }) => namespace.startsWith(`${database}.`));
  }

  get databases(): string[] {
    return [...new Set(Array.from(this.collections.keys(), (name) => name.slice(0, name.indexOf('.'))))].sort();
  }

  /** Within a transaction. */
  create(namespace: string): Collection {
    const name = namespace.slice(namespace.indexOf('.') + 1);
    if (name === '' || name.includes('$') || name.includes('\0') || Buffer.byteLength(namespace) > 255)
      throw new CommandError('InvalidNamespace', `Invalid collection name: ${namespace}`);
    const collection = new Collection(this.store, namespace, randomUUID(), [], 0);
    this.collections.set(namespace, collection);
    this.addIndex(collection, PRIMARY, { _id: 1 }, true).pending = false;
    return collection;
  }

  /** Within a transaction. */
  getOrCreate(namespace: string): Collection {
    return this.collections.get(namespace) ?? this.create(namespace);
  }

  /** Within a transaction. */
  drop(collection: Collection): void {
    this.collections.delete(collection.namespace);
    this.store.remove(tableKey(CATALOG, Buffer.from(collection.namespace)));
    this.store.remove(tableKey(COUNTS, tableKey(collection.table)));
    for (const { table } of collection.indexes) this.discard(table);
  }

  /** Within a transaction; replaces a collection that has the new name. */
  rename(collection: Collection, namespace: string): void {
    const replaced = this.collections.get(namespace);
    if (replaced) this.drop(replaced);
    this.collections.delete(collection.namespace);
    this.store.remove(tableKey(CATALOG, Buffer.from(collection.namespace)));
    collection.namespace = namespace;
    this.collections.set(namespace, collection);
    this.save(collection);
  }

  /** Within a transaction: the new index is empty until the collection fills it, and pending until the caller says that it is on disk. */
  addIndex(collection: Collection, name: string, pattern: Readonly<Record<string, number>>, unique: boolean): Index {
    const entries = Object.entries(pattern);
    const multikey = entries.map(() => false);
    const index = {
      name,
      ...patternOf(entries),
      unique,
      table: this.nextTable++,
      multikey,
      shortened: false,
      pending: true,
    };
    collection.indexes.push(index);
    this.save(collection);
    return index;
  }

  /** Within a transaction. */
  dropIndex(collection: Collection, index: Index): void {
    collection.indexes.splice(collection.indexes.indexOf(index), 1);
    this.discard(index.table);
    this.save(collection);
  }

  /** Within a transaction. */
  save(collection: Collection): void {
    const indexes = collection.indexes.map(({ name, pattern, unique, table, multikey, shortened }) => {
      return { name, pattern: Object.entries(pattern), unique, table, multikey, shortened };
    });
    const stored = { name: collection.namespace, uuid: collection.uuid, indexes };
    this.store.put(tableKey(CATALOG, Buffer.from(collection.namespace)), Buffer.from(serialize(stored)));
  }

  /** Its keys are removed later, a few in each transaction. */
  private discard(table: number): void {
    this.store.put(tableKey(DROPPED, tableKey(table)), Buffer.alloc(0));
  }

  /** Removes up to `most` keys of tables that were dropped; true while there is more. */
  async sweep(most = 2_000): Promise<boolean> {
    const [dropped] = this.store.read(...everything(DROPPED), false, 1);
    if (!dropped) return false;
    const found = this.store.read(...everything(dropped.key.readUInt32BE(4)), false, most);
    await this.store.write(() => {
      for (const { key } of found) this.store.remove(key);
      if (found.length < most) this.store.remove(dropped.key);
    });
    return true;
  }
}

const patternOf = (pattern: [string, number][]) => ({
  pattern: Object.fromEntries(pattern),
  fields: pattern.map(([name, direction]) => fieldOf(name, direction)),
});
