/** Do the indexes of a collection say what its documents say? */
import { successor } from '../bson/key-encoding.js';
import { verify } from '../bson/raw.js';
import { keysOf } from '../plan/keys.js';
import { checked, type Collection, idKey, idOf, limitOf } from './collection.js';
import { type Entry, tableKey } from './store.js';

const CHUNK = 500;
const MOST_ERRORS = 100;

function* entriesOf(collection: Collection, table: number): Generator<Entry> {
  let after: Buffer | undefined;
  for (;;) {
    const chunk = collection.store.read(tableKey(table), successor(tableKey(table)), false, CHUNK, after);
    yield* chunk;
    if (chunk.length < CHUNK) return;
    after = chunk.at(-1)!.key;
  }
}

/** Every document has its entries, and there are no others. */
export function check(collection: Collection): { nrecords: number; errors: string[] } {
  const errors: string[] = [];
  const expected = new Map(collection.indexes.slice(1).map((index) => [index, 0]));
  let nrecords = 0;
  const say = (error: string): void => {
    if (errors.length < MOST_ERRORS) errors.push(error);
  };
  for (const { key, value } of entriesOf(collection, collection.table)) {
    nrecords++;
    const bytes = checked(value, collection.namespace);
    verify(bytes);
    const id = key.subarray(4);
    if (!idKey(idOf(bytes)).equals(id)) say('a document lies under the key of another _id');
    for (const [index, count] of expected) {
      const { keys } = keysOf(bytes, index.fields, limitOf(index));
      for (const fields of keys)
        if (!collection.store.get(collection.entry(index, fields, id)))
          say(`${index.name} lacks an entry of a document`);
      expected.set(index, count + keys.length);
    }
  }
  for (const [index, count] of expected) {
    const found = [...entriesOf(collection, index.table)].length;
    if (found !== count) say(`${index.name} has ${found} entries, the documents have ${count}`);
  }
  if (nrecords !== collection.count) say(`${collection.count} documents are counted, ${nrecords} are there`);
  return { nrecords, errors };
}
