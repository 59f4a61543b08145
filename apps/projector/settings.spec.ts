import { describe, expect, it } from '@jest/globals';
import { projectorSettings } from './settings.js';

const stores = { EVENTSTORE_URL: 'esdb://store:2113', MONGODB_URL: 'mongodb://mongo/docket' };

describe('the settings of a projector of its own', () => {
  it('need both stores, and have defaults for the rest', () => {
    expect(projectorSettings(stores)).toEqual({
      eventStoreUrl: 'esdb://store:2113',
      mongoUrl: 'mongodb://mongo/docket',
      host: '127.0.0.1',
      port: 3001,
    });
  });

  it('name all mistakes at once', () => {
    const mistaken = () => projectorSettings({ DOCKET_PROJECTOR_PORT: 'x' });
    for (const name of ['EVENTSTORE_URL', 'MONGODB_URL', 'DOCKET_PROJECTOR_PORT']) expect(mistaken).toThrow(name);
  });
});
