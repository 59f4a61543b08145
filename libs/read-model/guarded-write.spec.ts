import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { writeGuarded } from './guarded-write.js';
import { startTestDatabase } from './testing/mongo.js';
import type { TestDatabase } from './testing/mongo.js';

interface Row {
  _id: string;
  name: string;
  position: number;
}

let database: TestDatabase;
let rows: Collection<Row>;

beforeAll(async () => {
  database = await startTestDatabase();
  rows = database.db.collection<Row>('rows');
  await rows.createIndex({ name: 1 }, { unique: true });
});
afterAll(() => database.stop());

const upsert = (_id: string, position: number, name = `${_id} at ${position}`): AnyBulkWriteOperation<Row> => ({
  replaceOne: { filter: { _id, position: { $lt: position } }, replacement: { name, position }, upsert: true },
});

describe('a guarded write', () => {
  it('creates what is not there and replaces what is older', async () => {
    await writeGuarded(rows, [upsert('a', 1)]);
    await writeGuarded(rows, [upsert('a', 2)]);
    expect(await rows.findOne({ _id: 'a' })).toMatchObject({ position: 2 });
  });

  it('leaves alone what is further on, and writes the rest of its batch', async () => {
    await writeGuarded(rows, [upsert('b', 5)]);
    await writeGuarded(rows, [upsert('b', 3), upsert('c', 3)]);
    expect(await rows.find({ _id: { $in: ['b', 'c'] } }).toArray()).toMatchObject([{ position: 5 }, { position: 3 }]);
  });

  it('replaces an older document that somebody inserted between its look and its own insert', async () => {
    await writeGuarded(rows, [upsert('d', 1)]);
    let raced = false;
    // The second half of a raced upsert: the server found nothing to replace, and inserts.
    const racing = new Proxy(rows, {
      get: (target, property) => {
        if (property !== 'bulkWrite' || raced) return Reflect.get(target, property) as unknown;
        raced = true;
        return () =>
          target.bulkWrite([{ insertOne: { document: { _id: 'd', name: 'd at 2', position: 2 } } }], {
            ordered: false,
          });
      },
    });
    await writeGuarded(racing, [upsert('d', 2)]);
    expect(raced).toBe(true);
    expect(await rows.findOne({ _id: 'd' })).toMatchObject({ position: 2 });
  });

  it('fails where it breaks the uniqueness of anything but _id', async () => {
    await writeGuarded(rows, [upsert('e', 1, 'taken')]);
    await expect(writeGuarded(rows, [upsert('f', 1, 'taken')])).rejects.toThrow('E11000');
  });
});
