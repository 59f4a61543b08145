import { expect, it } from '@jest/globals';
import { settingsOf } from './options.js';

const environment = { DOCKET_DATA: 'a', EVENTSTORE_URL: 'esdb://other:2113', MONGODB_URL: 'mongodb://other/docket' };

it('a folder that a flag names is meant with its own stores', () => {
  const { dataFolder, eventStoreUrl, mongodbUrl } = settingsOf({ data: 'b' }, environment);
  expect([dataFolder, eventStoreUrl, mongodbUrl]).toEqual(['b', undefined, undefined]);
});

it('without a flag the environment says which stores are meant', () => {
  expect(settingsOf({}, environment)).toMatchObject({ dataFolder: 'a', eventStoreUrl: 'esdb://other:2113' });
});
