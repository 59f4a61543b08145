import { afterAll, describe, expect, it } from '@jest/globals';
import { Checkpoints } from '../checkpoints.js';
import { documentOf } from '../incidents/entity.js';
import { findByEntities, mostLookedAt } from './entity-search.js';
import { withSearchFields } from './incident-search.js';
import { queuePage } from './queue.js';
import { projectIncident } from '../incidents/project-incident.js';
import { startTestCollections } from '../testing/mongo.js';
import { opened, Recorder } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

describe('a word that an asset has, and the names of more incidents than are looked at', () => {
  it('is left to be asked of the rows one by one, and finds them all', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    const first = projectIncident(undefined, docket.of('1')[0]!);
    const named = (number: number) =>
      withSearchFields({ ...first, _id: String(number), number, displayName: 'Phishing' });
    const count = mostLookedAt + 3;
    await collections.incidents.insertMany(Array.from({ length: count }, (_, index) => named(index + 1)));
    const seen = { firstSeenDateTime: first.createdDateTime, lastSeenDateTime: first.createdDateTime };
    const asset = { key: 'device:phish', name: 'phish-trap', mentionCount: 1, alertCount: 1, ...seen, position: 1n };
    await collections.entities.insertOne(documentOf('1', asset));

    expect(await findByEntities(collections, { q: 'phish' })).toMatchObject({ conditions: [], isComplete: false });
    const found: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await queuePage(collections, new Checkpoints(collections), { q: 'phish', sort: '-id', cursor });
      expect(page.totalIsExact).toBe(false);
      found.push(...page.value.map(({ _id }) => _id));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(Array.from({ length: count }, (_, index) => String(count - index)));
  }, 60_000);
});
