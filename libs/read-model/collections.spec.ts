import { describe, expect, it } from '@jest/globals';
import { databaseOf } from './collections.js';

describe('the database of a connection string', () => {
  it.each([
    ['mongodb://localhost:27017', 'docket'],
    ['mongodb://127.0.0.1:27017/?directConnection=true', 'docket'],
    ['mongodb://localhost:27017/soc', 'soc'],
    ['mongodb://user:p%2Fw@one:27017,two:27018/soc?replicaSet=rs0&authSource=admin', 'soc'],
    ['mongodb+srv://cluster.example.com/?retryWrites=true', 'docket'],
    ['mongodb://%2Ftmp%2Fmongodb-27017.sock/soc', 'soc'],
  ])('of %s is %s', (url, name) => {
    expect(databaseOf(url)).toBe(name);
  });
});
