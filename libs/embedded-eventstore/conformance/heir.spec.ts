import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { eventStore, newStream } from './fixture.js';

const store = eventStore();

it('serves the heir of the client, @kurrent/kurrentdb-client: appends, reads, subscriptions', async () => {
  const program = fileURLToPath(new URL('heir.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, store.url, newStream()], {
    timeout: 20_000,
  });
  expect(JSON.parse(stdout)).toEqual({
    revision: 1,
    refused: true,
    read: [1, 2, 3],
    subscribed: [1, 2, 3],
    ofAll: [1, 2, 3],
  });
}, 30_000);
