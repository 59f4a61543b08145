import { BSON } from 'bson';
import type { IndexDescriptionInfo } from 'mongodb';
import { Catalog } from '../../libs/embedded-mongodb/storage/catalog.js';
import { type Collection, idKey, idOf } from '../../libs/embedded-mongodb/storage/collection.js';
import { Store } from '../../libs/embedded-mongodb/storage/store.js';

/** A key and what is put there; undefined: it is removed. */
type Write = readonly [key: Buffer, value: Buffer | undefined];

/** A store that writes down what is written. */
class Noting extends Store {
  noted: Write[] | undefined;

  override put(key: Buffer, value: Buffer): void {
    if (this.noted) this.noted.push([key, value]);
    else super.put(key, value);
  }

  override remove(key: Buffer): void {
    if (this.noted) this.noted.push([key, undefined]);
    else super.remove(key);
  }
}

/** LMDB with the very keys that the server has, written by nothing but a transaction. */
export class SameKeys {
  readonly #store: Noting;
  readonly #catalog: Catalog;
  #collection!: Collection;

  constructor(folder: string) {
    this.#store = new Noting(folder, (reason) => {
      throw reason;
    });
    this.#catalog = new Catalog(this.#store);
  }

  /** To be called first. */
  indexed(indexes: readonly IndexDescriptionInfo[]): void {
    void this.#store.write(() => {
      this.#collection = this.#catalog.create('bench.incidents');
      for (const { name, key, unique = false } of indexes)
        if (name !== '_id_') this.#catalog.addIndex(this.#collection, name!, key as Record<string, number>, unique);
    });
  }

  async insert(documents: readonly object[]): Promise<void> {
    await this.#store.write(() => {
      for (const document of documents) this.#replace(document);
    });
  }

  /** What must be written to replace documents by these. */
  writesOf(documents: readonly object[]): Write[] {
    const noted = (this.#store.noted = []);
    for (const document of documents) this.#replace(document);
    this.#store.noted = undefined;
    return noted;
  }

  #replace(document: object): void {
    const next = Buffer.from(BSON.serialize(document));
    const id = idKey(idOf(next));
    this.#collection.replace(id, this.#collection.get(id), next);
  }

  /** One transaction; on disk when it resolves. */
  async write(writes: readonly Write[]): Promise<void> {
    await this.#store.write(() => {
      for (const [key, value] of writes) {
        if (value) this.#store.put(key, value);
        else this.#store.remove(key);
      }
    });
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
