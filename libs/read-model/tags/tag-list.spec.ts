import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeTags } from '#incidents';
import { Checkpoints } from '../checkpoints.js';
import { IncidentsProjection } from '../incidents/incidents-projection.js';
import { tagList } from './tag-list.js';
import type { TagListQuery } from './tag-list.js';
import { aLog } from '../testing/arbitrary-log.js';
import { firstSpellings } from '../testing/first-spellings.js';
import { startTestCollections } from '../testing/mongo.js';
import { park } from '../testing/park.js';
import { opened, Recorder } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);
beforeEach(empty);

async function empty(): Promise<void> {
  const { incidents, entities, tags, parked } = collections;
  await Promise.all([incidents, entities, tags].map((each) => each.deleteMany({})));
  await parked.deleteMany({});
}

const list = async (query?: TagListQuery) =>
  (await tagList(collections, new Checkpoints(collections), query)).value.map(
    ({ tag, count, isSystem }) => `${tag} ${count}${isSystem ? ' system' : ''}`,
  );

function given(): Recorder {
  const docket = new Recorder();
  for (const id of ['1', '2', '3']) docket.happened(id, opened(id));
  docket.decided('1', changeTags({ add: ['Phishing', 'vip'] }));
  docket.decided('2', changeTags({ add: ['PHISHING', 'Phone call'] }));
  docket.happened('3', { type: 'IncidentTagged', data: { kind: 'system', tags: ['Ransomware'] } });
  return docket;
}

describe('the tags', () => {
  it('come by what they begin with, as they were spelt first, with how many incidents have them', async () => {
    await new IncidentsProjection(collections).apply(given().events);
    expect(await list()).toEqual(['Phishing 2', 'Phone call 1', 'Ransomware 1 system', 'vip 1']);
    expect(await list({ q: 'PH' })).toEqual(['Phishing 2', 'Phone call 1']);
    expect(await list({ q: 'ph', limit: 1 })).toEqual(['Phishing 2']);
    expect(await list({ q: 'x' })).toEqual([]);
  });

  it('that no incident has any more are left out, and those behind them come', async () => {
    const docket = given();
    docket.decided('1', changeTags({ remove: ['phishing'] }));
    docket.decided('2', changeTags({ remove: ['phishing'] }));
    await new IncidentsProjection(collections).apply(docket.events);
    expect(await list({ q: 'ph', limit: 1 })).toEqual(['Phone call 1']);
  });

  it('do not count incidents that are parked, and name them', async () => {
    await new IncidentsProjection(collections).apply(given().events);
    await park(collections, '1');
    expect(await list()).toEqual(['Phishing 1', 'Phone call 1', 'Ransomware 1 system']);
    expect(await tagList(collections, new Checkpoints(collections))).toMatchObject({ parked: ['1'] });
  });

  it('are spelt as they were first, in whatever batches, repeated, and by two projectors', async () => {
    await fc.assert(
      fc
        .asyncProperty(aLog, fc.nat({ max: 40 }), fc.nat({ max: 40 }), async (log, from, to) => {
          const one = new IncidentsProjection(collections);
          await one.apply(structuredClone(log.slice(0, to)));
          one.begin();
          await one.apply(structuredClone(log.slice(Math.min(from, to))));
          await new IncidentsProjection(collections).apply(structuredClone([...log]));
          expect(await collections.tags.find().sort({ _id: 1 }).toArray()).toEqual(firstSpellings(log));
        })
        .afterEach(empty),
      { numRuns: 15 },
    );
  }, 60_000);
});
