import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { limits, severities } from '#incidents';
import type { IncidentStatus, Severity } from '#incidents';
import { Checkpoints } from '../checkpoints.js';
import { collectionsOf } from '../collections.js';
import type { Collections } from '../collections.js';
import { InvalidCursor, mostCursor } from '../cursor.js';
import { documentOf } from '../incidents/entity.js';
import type { EntityDocument } from '../incidents/entity.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { withSearchFields } from './incident-search.js';
import { createIndexes } from '../indexes.js';
import { projectIncident } from '../incidents/project-incident.js';
import { queueSorts } from './queue-query.js';
import type { QueueSort } from './queue-query.js';
import { queuePage } from './queue.js';
import type { QueueQuery } from './queue.js';
import { startTestDatabase } from '../testing/mongo.js';
import { park } from '../testing/park.js';
import type { TestDatabase } from '../testing/mongo.js';
import { opened, Recorder } from '../testing/recorder.js';

let database: TestDatabase;
let collections: Collections;
let checkpoints: Checkpoints;

/** Minute `minute` of the day on which all this happens. */
const minute = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const row = (number: number, but: Partial<IncidentDocument> = {}): IncidentDocument => {
  const docket = new Recorder();
  docket.happened(String(number), opened(String(number)));
  const [event] = docket.of(String(number));
  return {
    ...projectIncident(undefined, event!),
    severity: severities[number % severities.length] as Severity,
    status: (['active', 'inProgress', 'resolved'] as IncidentStatus[])[number % 3]!,
    createdDateTime: minute(number),
    // Three rows share each time, so that the order must be total without it.
    lastUpdateDateTime: minute(100 + Math.floor(number / 3)),
    ...but,
  };
};

const special: IncidentDocument[] = [
  row(101, { displayName: 'Phishing of Ünal on multiple endpoints', customTags: ['VIP'], assignedTo: 'kim' }),
  row(102, {
    displayName: 'Malware incident',
    systemTags: ['Ransomware'],
    classification: 'truePositive',
    determination: 'malware',
    categories: ['Execution', 'Persistence'],
    serviceSources: ['microsoftDefenderForEndpoint'],
    detectionSources: ['antivirus'],
  }),
  row(103, {
    status: 'active',
  }),
  row(104, { status: 'resolved', externalId: '1923', externalSource: 'defender' }),
  row(105, { status: 'inProgress', lastUpdateDateTime: minute(500) }),
];

const about = (incidentId: string, key: string, name: string | null = null): EntityDocument => {
  const seen = { firstSeenDateTime: minute(0), lastSeenDateTime: minute(0) };
  return documentOf(incidentId, { key, name, mentionCount: 1, alertCount: name ? 1 : 0, ...seen, position: 1n });
};

const entities: EntityDocument[] = [
  about('103', 'device:abc', 'DC01.contoso.com'),
  about('103', 'device:dc01.contoso.com'),
  about('103', 'user:jane@contoso.com'),
  about('104', 'device:abc'),
  about('105', 'device:abc'),
  { ...about('106', 'device:abc'), mentionCount: 0 },
];

beforeAll(async () => {
  database = await startTestDatabase();
  collections = collectionsOf(database.db, 1);
  checkpoints = new Checkpoints(collections);
  await createIndexes(collections);
  const ordinary = Array.from({ length: 60 }, (_, index) => row(index + 1));
  await collections.incidents.insertMany([...ordinary, ...special].map(withSearchFields));
  await collections.entities.insertMany(entities);
  await checkpoints.record('incidents', { stream: 'incident-1', revision: 0, id: 'event', position: 77n });
});
afterAll(() => database.stop());

const page = (query: QueueQuery) => queuePage(collections, checkpoints, query);
const idsOf = (rows: readonly IncidentDocument[]) => rows.map(({ _id }) => _id);
const found = async (query: QueueQuery) => idsOf((await page({ limit: 200, sort: 'id', ...query })).value);

async function allPages(query: QueueQuery, between?: () => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { value, nextCursor } = await page({ ...query, cursor });
    seen.push(...idsOf(value));
    cursor = nextCursor;
    await between?.();
  }
  return seen;
}

describe('the queue', () => {
  it('shows the newest change first, and says how many there are and up to which position', async () => {
    const { value, total, totalIsExact, position } = await page({});
    expect(value).toHaveLength(50);
    expect(value[0]!._id).toBe('105');
    expect({ total, totalIsExact, position }).toEqual({ total: 65, totalIsExact: true, position: 77n });
  });

  it.each(queueSorts)('comes in pages without loss or repetition, sorted by %s', async (sort) => {
    const whole = await found({ sort });
    expect(whole).toHaveLength(65);
    expect(await allPages({ sort, limit: 7 })).toEqual(whole);
  });

  it('keeps to a total order in either direction', async () => {
    for (const sort of queueSorts.filter((sort) => !sort.startsWith('-')))
      expect(await found({ sort: `-${sort}` as QueueSort })).toEqual((await found({ sort })).reverse());
  });

  it('is ordered by how severe incidents are, not by the names of severities', async () => {
    const { value } = await page({ sort: '-severity', limit: 200 });
    const ranks = value.map(({ severity }) => severities.indexOf(severity));
    expect(ranks).toEqual([...ranks].sort((one, other) => other - one));
    expect(ranks[0]).toBe(4);
  });

  const filters: [string, QueueQuery, string[]][] = [
    ['somebody it is assigned to', { assignedTo: ['kim'] }, ['101']],
    ['a tag, without regard to case', { tag: ['vip'] }, ['101']],
    ['a tag of the system', { tag: ['ransomware', 'none such'] }, ['102']],
    ['classification and determination', { classification: ['truePositive'], determination: ['malware'] }, ['102']],
    ['a category', { category: ['Persistence'] }, ['102']],
    ['a service source', { serviceSource: ['microsoftDefenderForEndpoint'] }, ['102']],
    ['a detection source', { detectionSource: ['antivirus', 'manual'] }, ['102']],
    ['an entity by its key', { entity: ['user:Jane@contoso.com'] }, ['103']],
    ['an entity of whatever kind', { entity: ['ABC'] }, ['103', '104', '105']],
    ['several properties at once', { entity: ['abc'], status: ['active', 'inProgress'] }, ['103', '105']],
    ['its id where it was imported from', { externalId: ['1922', '1923'] }, ['104']],
    ['where it was imported from', { externalSource: ['defender'] }, ['104']],
    ['the beginnings of words of the name', { q: 'endp PHISH' }, ['101']],
    ['words in any script', { q: 'ünal' }, ['101']],
    ['the name of an impacted asset', { q: 'dc01.contoso.com' }, ['103']],
    ['words of a name and of an asset', { q: 'incident dc01' }, ['103']],
    ['an entity that other incidents have not', { q: 'dc01', entity: ['user:jane@contoso.com'] }, ['103']],
    ['the id', { q: '105' }, ['105']],
    ['a word that is not there', { q: 'phishing nowhere' }, []],
    ['the time of the last update', { updatedFrom: new Date(minute(500)), updatedTo: new Date(minute(501)) }, ['105']],
    ['the time of opening', { createdFrom: new Date(minute(101)), createdTo: new Date(minute(103)) }, ['101', '102']],
    ['an operator as a value, which is text', { assignedTo: ['{"$ne":null}'] }, []],
  ];
  it.each(filters)('is filtered by %s', async (_, query, expected) => {
    expect(await found(query)).toEqual(expected);
    expect((await page(query)).total).toBe(expected.length);
  });

  it('knows what nobody has or has judged', async () => {
    expect(await found({ assignedTo: [null] })).toHaveLength(64);
    expect(await found({ assignedTo: [null, 'kim'] })).toHaveLength(65);
    expect(await found({ classification: [null] })).toHaveLength(64);
  });

  it('is filtered by nothing where a list is empty', async () => {
    expect(await found({ status: [], tag: [] })).toHaveLength(65);
  });

  it('loses and repeats no row that stays as it is while others change', async () => {
    let next = 60;
    // Between two pages a row that is still to come moves to the top.
    const touch = async () => {
      const _id = String(next--);
      await collections.incidents.updateOne({ _id }, { $set: { lastUpdateDateTime: minute(1000 - next) } });
    };
    const before = await found({ sort: '-lastUpdateDateTime' });
    const seen = await allPages({ limit: 8 }, touch);
    const touched = before.filter((id) => Number(id) > next && Number(id) <= 60);
    const steady = before.filter((id) => !touched.includes(id));
    expect(seen.filter((id) => steady.includes(id))).toEqual(steady);
  });

  it('refuses the cursor of another query, and what is no cursor', async () => {
    const { nextCursor } = await page({ limit: 1 });
    for (const query of [{ sort: 'id' as const }, { status: ['active' as const] }, { q: 'x' }])
      await expect(page({ ...query, cursor: nextCursor! })).rejects.toThrow(InvalidCursor);
    await expect(page({ cursor: 'rubbish' })).rejects.toThrow(InvalidCursor);
  });

  it('leaves out what is parked, and names it on every page, as nobody knows what it would match', async () => {
    await park(collections, '101');
    await park(collections, '999'); // opened by the very event that cannot be projected
    for (const query of [{}, { q: 'Phishing' }, { status: ['active' as const] }]) {
      const { value, parked } = await page(query);
      expect([value.some(({ _id }) => _id === '101'), parked]).toEqual([false, ['101', '999']]);
    }
    const { nextCursor } = await page({ limit: 1, sort: 'id' });
    expect((await page({ limit: 1, sort: 'id', cursor: nextCursor! })).parked).toEqual(['101', '999']);
    await collections.parked.deleteMany({});
    await collections.incidents.updateOne({ _id: '101' }, { $unset: { parked: '' } });
  });

  it('goes on behind the longest name there may be', async () => {
    const displayName = '\ufdfa'.repeat(limits.displayName); // eighteen letters each, as names are compared
    await collections.incidents.insertOne(withSearchFields(row(900, { displayName })));
    const first = await page({ sort: '-displayName', limit: 1 });
    expect(first.value).toMatchObject([{ _id: '900' }]);
    expect(first.nextCursor!.length).toBeLessThanOrEqual(mostCursor);
    await collections.incidents.deleteOne({ _id: '900' });
  });

  it('takes the number of rows from page one', async () => {
    const { nextCursor } = await page({ limit: 1, status: ['active'] });
    const { total, position } = await page({ limit: 1, status: ['active'], cursor: nextCursor! });
    expect({ total, position }).toEqual({ total: (await found({ status: ['active'] })).length, position: 77n });
  });
});

// A question to the embedded server, which tells what a query has cost it.
(process.env.MONGODB_URL === undefined ? describe : describe.skip)('the indexes of the queue', () => {
  const examined = async (query: QueueQuery): Promise<number> => {
    const { nextCursor } = await page({ ...query, limit: 3 });
    const documents = async () => Number((await database.db.command({ serverStatus: 1 })).documentsExamined);
    const before = await documents();
    await page({ ...query, limit: 3, cursor: nextCursor! });
    return (await documents()) - before;
  };

  it.each(queueSorts)('give the next page sorted by %s without a look at other rows', async (sort) => {
    expect(await examined({ sort })).toBeLessThanOrEqual(5);
  });

  const narrow: [string, QueueQuery][] = [
    ['status', { status: ['resolved'] }],
    ['several statuses', { status: ['active', 'inProgress'] }],
    ['owner', { assignedTo: [null] }],
    ['time', { updatedFrom: new Date(minute(101)), updatedTo: new Date(minute(119)) }],
  ];
  it.each(narrow)('give the next page filtered by %s without a look at other rows', async (_, query) => {
    expect(await examined(query)).toBeLessThanOrEqual(5);
  });
});
