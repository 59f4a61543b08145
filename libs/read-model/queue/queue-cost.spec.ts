/** What a page of the queue costs the server: documents that it looks at, for each filter and each order. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkpoints } from '../checkpoints.js';
import { collectionsOf } from '../collections.js';
import type { Collections } from '../collections.js';
import { documentOf } from '../incidents/entity.js';
import type { EntityDocument } from '../incidents/entity.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { withSearchFields } from './incident-search.js';
import { createIndexes } from '../indexes.js';
import { projectIncident } from '../incidents/project-incident.js';
import { countFacets } from './facets.js';
import { facetProperties, queueFilters, queueSorts } from './queue-query.js';
import { queueChanges } from './queue-changes.js';
import type { QueueFilter, QueueSort } from './queue-query.js';
import { queuePage } from './queue.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { opened, Recorder } from '../testing/recorder.js';

const incidents = 5_000;
/** Each rare value is that of 12 or 13 incidents, and each of other incidents. */
const every = 400;

const time = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const first = projectIncident(
  undefined,
  (() => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    return docket.of('1')[0]!;
  })(),
);

const usual = (number: number): IncidentDocument => ({
  ...first,
  _id: String(number),
  number,
  position: BigInt(number),
  displayName: `Suspicious sign-in from a new country on host ${number}`,
  status: number % 10 === 0 ? 'active' : 'resolved',
  severity: number % 3 === 0 ? 'medium' : 'low',
  assignedTo: number % 2 === 0 ? null : 'lee',
  customTags: ['monitored'],
  classification: number % 2 === 0 ? null : 'falsePositive',
  determination: number % 2 === 0 ? null : 'notMalicious',
  categories: ['InitialAccess'],
  serviceSources: ['microsoftDefenderForEndpoint'],
  detectionSources: ['antivirus'],
  externalId: number % 2 === 0 ? null : `e${number}`,
  externalSource: number % 2 === 0 ? null : 'defender-emea',
  // No order of the queue is that of another.
  createdDateTime: time((number * 7) % incidents),
  lastUpdateDateTime: time(10_000 + ((number * 3_001) % incidents)),
});

const rare: [filter: QueueFilter, row: Partial<IncidentDocument>][] = [
  [{ status: ['inProgress'] }, { status: 'inProgress' }],
  [{ severity: ['high'] }, { severity: 'high' }],
  [{ assignedTo: ['kim'] }, { assignedTo: 'kim' }],
  [{ tag: ['VIP'] }, { customTags: ['VIP', 'monitored'] }],
  [{ classification: ['truePositive'] }, { classification: 'truePositive' }],
  [{ determination: ['malware'] }, { determination: 'malware' }],
  [{ category: ['Exfiltration'] }, { categories: ['Exfiltration', 'InitialAccess'] }],
  [{ serviceSource: ['microsoftDefenderForIdentity'] }, { serviceSources: ['microsoftDefenderForIdentity'] }],
  [{ detectionSource: ['manual'] }, { detectionSources: ['antivirus', 'manual'] }],
  [{ entity: ['jane@contoso.com'] }, {}],
  [{ q: 'jane' }, {}],
  [{ externalId: ['1923'] }, { externalId: '1923', externalSource: 'defender' }],
  [{ externalSource: ['sentinel'] }, { externalId: '17', externalSource: 'sentinel' }],
  [{ q: 'phish' }, { displayName: 'Phishing, phished hosts in a new country' }],
];

/** Incidents that are about something are looked up first: one document more for each of them. */
const isLookedUp = ({ entity, q }: QueueFilter): boolean => entity !== undefined || q === 'jane';

const row = (number: number): IncidentDocument => ({ ...usual(number), ...rare[(number % every) / 7]?.[1] });

const seen = { firstSeenDateTime: time(0), lastSeenDateTime: time(0) };
const about = (number: number, key: string, name: string): EntityDocument =>
  documentOf(String(number), { key, name, mentionCount: 1, alertCount: 1, ...seen, position: 1n });
const isAboutJane = (number: number) => rare[(number % every) / 7]?.[0].entity !== undefined;
const entities = (number: number): EntityDocument[] => [
  about(number, `device:host${number}`, `host${number}.contoso.com`),
  about(number, 'user:service@contoso.com', 'service@contoso.com'),
  ...(isAboutJane(number) ? [about(number, 'user:jane@contoso.com', 'jane@contoso.com')] : []),
];

let database: TestDatabase;
let collections: Collections;
let page: (
  query: QueueFilter & { sort: QueueSort; cursor?: string },
) => Promise<{ rows: number; examined: number; nextCursor: string | null }>;

beforeAll(async () => {
  database = await startTestDatabase();
  collections = collectionsOf(database.db, 1);
  const checkpoints = new Checkpoints(collections);
  await createIndexes(collections);
  await collections.incidents.insertMany(Array.from({ length: incidents }, (_, i) => withSearchFields(row(i + 1))));
  await collections.entities.insertMany(Array.from({ length: incidents }, (_, i) => entities(i + 1)).flat());
  page = async (query) => {
    const before = await examinedSoFar();
    const { value, nextCursor } = await queuePage(collections, checkpoints, { limit: 10, ...query });
    return { rows: value.length, examined: (await examinedSoFar()) - before, nextCursor };
  };
}, 60_000);
afterAll(() => database.stop());

const examinedSoFar = async () => Number((await database.db.command({ serverStatus: 1 })).documentsExamined);

// A question to the embedded server, which tells what a query has cost it.
(process.env.MONGODB_URL === undefined ? describe : describe.skip)('a page of the queue', () => {
  const minutes = (from: number, to: number) => [new Date(time(from)), new Date(time(to))] as const;
  const [createdFrom, createdTo] = minutes(2_000, 2_012);
  const [updatedFrom, updatedTo] = minutes(12_000, 12_012);
  const selective: QueueFilter[] = [
    ...rare.map(([filter]) => filter).filter((filter) => !isLookedUp(filter)),
    { assignedTo: ['kim', 'nobody of this name'] },
    { updatedFrom, updatedTo },
    { createdFrom, createdTo },
    { updatedFrom: new Date(time(14_990)) },
    { createdTo: new Date(time(12)) },
    { q: '4711' },
    { q: 'country hosts phish' },
    { status: ['active', 'resolved'], q: 'phish' },
    { status: ['resolved'], assignedTo: [null, 'lee'], tag: ['vip', 'monitored'], category: ['Exfiltration'] },
    { classification: [null], determination: [null], detectionSource: ['manual'] },
    { status: ['resolved'], createdFrom, createdTo },
  ];
  const common: QueueFilter[] = [
    {},
    { status: ['resolved'] },
    { severity: ['low', 'medium'] },
    { assignedTo: [null] },
    { tag: ['monitored'] },
    { classification: ['falsePositive'] },
    { determination: [null] },
    { category: ['InitialAccess'] },
    { serviceSource: ['microsoftDefenderForEndpoint'] },
    { detectionSource: ['antivirus'] },
    { externalSource: ['defender-emea'] },
    { createdFrom: new Date(time(0)) },
    { updatedTo: new Date(time(20_000)) },
  ];
  const lookedUp: [filter: QueueFilter, entities: number, rows: number][] = [
    [{ entity: ['jane@contoso.com'] }, 13, 30],
    [{ q: 'jane' }, 13, 30],
    [{ q: 'jane phish' }, 13, 30],
    [{ entity: ['jane@contoso.com'], status: ['active', 'resolved'], assignedTo: [null, 'lee'] }, 13, 30],
    [{ entity: ['service@contoso.com'] }, incidents, 50],
    [{ entity: ['service@contoso.com'], detectionSource: ['manual'] }, incidents, 30],
    [{ entity: ['service@contoso.com', 'jane@contoso.com'], q: 'jane' }, incidents + 26, 30],
  ];
  const cases = (filters: QueueFilter[]) =>
    filters.flatMap((filter) => queueSorts.map((sort) => [JSON.stringify(filter), sort, filter] as const));

  it.each(cases(selective))(
    'of %s by %s looks at little more than the few rows that match',
    async (_, sort, filter) => {
      const { rows, examined, nextCursor } = await page({ ...filter, sort });
      expect(rows).toBeGreaterThan(0);
      // Those of the page, and where there are more once again all to count them.
      expect(examined).toBeLessThanOrEqual(30);
      if (nextCursor !== null)
        expect((await page({ ...filter, sort, cursor: nextCursor })).examined).toBeLessThanOrEqual(30);
    },
  );

  it.each(cases(common))(
    'of %s by %s looks at little more than its rows, though many match',
    async (_, sort, filter) => {
      const { rows, examined, nextCursor } = await page({ ...filter, sort });
      expect(rows).toBe(10);
      expect(examined).toBeLessThanOrEqual(50);
      expect((await page({ ...filter, sort, cursor: nextCursor! })).examined).toBeLessThanOrEqual(50);
    },
  );

  const orders = ['-lastUpdateDateTime', 'severity'] as const;
  it.each(lookedUp.flatMap((looked) => orders.map((sort) => [JSON.stringify(looked[0]), sort, ...looked] as const)))(
    'of %s by %s looks at little more than its rows, and at the entities that match',
    async (_, sort, filter, entities, rows) => {
      const { examined, nextCursor } = await page({ ...filter, sort });
      expect(examined).toBeGreaterThan(0);
      expect(examined).toBeLessThanOrEqual(entities + rows);
      if (nextCursor !== null)
        expect((await page({ ...filter, sort, cursor: nextCursor })).examined).toBeLessThanOrEqual(entities + rows);
    },
  );

  it('is asked for above by every filter that there is', () => {
    const asked = new Set([...selective, ...common].flatMap(Object.keys).concat('entity'));
    expect([...asked].sort()).toEqual([...queueFilters].sort());
    expect(rare.flatMap(([filter]) => Object.keys(filter))).toEqual(expect.arrayContaining([...facetProperties]));
  });

  it('of those that are open and nobody’s, or somebody’s, looks at its rows alone, and counts the others by their index', async () => {
    for (const assignedTo of [[null], ['lee']]) {
      const filter = { status: ['active', 'inProgress', 'resolved'] as const, assignedTo };
      expect((await page({ ...filter, sort: '-lastUpdateDateTime' })).examined).toBeLessThanOrEqual(12);
    }
  });

  it('of a word that many names have looks at its rows, and at all that match to count them', async () => {
    const { examined, nextCursor } = await page({ q: 'country', sort: '-lastUpdateDateTime' });
    expect(examined).toBeLessThanOrEqual(incidents + 50);
    const next = await page({ q: 'country', sort: '-lastUpdateDateTime', cursor: nextCursor! });
    expect(next.examined).toBeLessThanOrEqual(50);
  });

  it('of what changed looks at what changed, twice', async () => {
    const before = await examinedSoFar();
    const { value, left } = await queueChanges(collections, new Checkpoints(collections), {
      changedSince: BigInt(incidents - 10),
      status: ['active'],
    });
    expect(value.length + left.length).toBe(10);
    expect((await examinedSoFar()) - before).toBeLessThanOrEqual(20);
  });

  it.each(rare.filter(([filter]) => !isLookedUp(filter)).map(([filter]) => [JSON.stringify(filter), filter] as const))(
    'with facets of %s looks at the rows that match',
    async (_, filter) => {
      const [asked] = Object.keys(filter);
      const others = facetProperties.filter((property) => property !== asked);
      const before = await examinedSoFar();
      await countFacets(collections, filter, others);
      expect((await examinedSoFar()) - before).toBeLessThanOrEqual(60);
    },
  );
});
