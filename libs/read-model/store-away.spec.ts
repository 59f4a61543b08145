import { describe, expect, it } from '@jest/globals';
import { MongoBulkWriteError, MongoNetworkError, MongoServerError } from 'mongodb';
import type { BulkWriteResult } from 'mongodb';
import { isPoison } from './parking/poison.js';
import { isStoreAway } from './store-away.js';

const ofTheSocket = Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' });
/** As the driver makes it of whatever one of its bulks of writes meets. */
const amidABulk = (error: ConstructorParameters<typeof MongoBulkWriteError>[0]) =>
  new MongoBulkWriteError(error, {} as BulkWriteResult);
const closed = () => new MongoNetworkError('connection 3 to 127.0.0.1:27017 closed');
const refused = (code: number, errorLabels: string[] = []) =>
  new MongoServerError({ message: 'no', code, errorLabels });

describe('a store that is away', () => {
  it.each([
    ['a connection that was closed', closed()],
    ['one that was closed amid a bulk of writes', amidABulk(closed() as never)],
    ['a socket whose other end is being closed', ofTheSocket],
    ['such a socket amid a bulk of writes', amidABulk(ofTheSocket as never)],
    ['a server that is going down', refused(11_600, ['RetryableWriteError'])],
  ])('is told by %s, and no event is at fault', (_, error) => {
    expect({ away: isStoreAway(error), poison: isPoison(error) }).toEqual({ away: true, poison: false });
  });

  it.each([
    ['a document that it does not take', refused(2)],
    ['one that it does not take amid a bulk', amidABulk({ message: 'no', code: 17_280, writeErrors: [] })],
    ['a defect of ours', new TypeError('x is undefined')],
  ])('is not told by %s', (_, error) => {
    expect({ away: isStoreAway(error), poison: isPoison(error) }).toEqual({ away: false, poison: true });
  });
});
