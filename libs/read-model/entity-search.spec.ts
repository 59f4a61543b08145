import { afterAll, describe, expect, it } from '@jest/globals';
import { documentOf } from './entity.js';
import { findByEntities, mostLookedAt } from './entity-search.js';
import { withSearchFields } from './incident-search.js';
import { projectIncident } from './project-incident.js';
import { startTestCollections } from './testing/mongo.js';
import { opened, Recorder } from './testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

describe('a word that an asset has, and the names of more incidents than are looked at', () => {
  it('finds the incident of the asset and the newest of the others, and says that some may be missing', async () => {
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

    const { conditions, exact } = await findByEntities(collections, { q: 'phish' });
    expect(exact).toBe(false);
    const ids = (conditions as { _id: { $in: string[] } }[])[0]!._id.$in.map(Number);
    const newest = Array.from({ length: mostLookedAt }, (_, index) => count - index);
    expect(new Set(ids)).toEqual(new Set([1, ...newest]));
  });
});
