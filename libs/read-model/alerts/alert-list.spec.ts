import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { alertPage } from './alert-list.js';
import { Checkpoints } from '../checkpoints.js';
import { InvalidCursor } from '../cursor.js';
import { foldAlerts } from '../testing/fold-alerts.js';
import { startTestCollections } from '../testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

beforeAll(async () => {
  const docket = new Recorder();
  docket.happened('1', opened('1'));
  docket.happened('2', opened('2'));
  // Reported in another order than that of their ids.
  for (const id of ['d', 'b', 'e', 'a', 'c']) {
    docket.reported(report(id));
    docket.happened(id === 'e' ? '2' : '1', added(summaryOf(id)));
  }
  await collections.alerts.insertMany([...foldAlerts(docket.events).values()]);
});

describe('the alerts of an incident', () => {
  it('come in the order in which they were reported, in pages', async () => {
    const one = await alertPage(collections, new Checkpoints(collections), '1', { limit: 3 });
    const two = await alertPage(collections, new Checkpoints(collections), '1', { limit: 3, cursor: one.nextCursor! });
    expect([...one.value, ...two.value].map(({ _id }) => _id)).toEqual(['d', 'b', 'a', 'c']);
    expect([one.total, two.total, two.nextCursor]).toEqual([4, 4, null]);
  });

  it('are not paged with the cursor of another incident', async () => {
    const { nextCursor } = await alertPage(collections, new Checkpoints(collections), '1', { limit: 1 });
    await expect(alertPage(collections, new Checkpoints(collections), '2', { cursor: nextCursor! })).rejects.toThrow(
      InvalidCursor,
    );
  });
});
