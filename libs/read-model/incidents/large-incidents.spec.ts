import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import { resolveAlert, summarise } from '#incidents';
import type { AlertSummary, IncidentEvent } from '#incidents';
import { assetPage } from './asset-list.js';
import { Checkpoints } from '../checkpoints.js';
import { InvalidCursor } from '../cursor.js';
import { mostLookedAt } from '../queue/entity-search.js';
import { IncidentsProjection } from './incidents-projection.js';
import { queuePage } from '../queue/queue.js';
import { startTestCollections } from '../testing/mongo.js';
import { Recorder, added, opened, report, summaryOf } from '../testing/recorder.js';

const { collections, db, stop } = await startTestCollections();
afterAll(stop);

/** About fifty devices of its own, as many as one alert may be about. */
const aboutFifty = (id: string): AlertSummary => {
  const device = (nth: number) => ({
    '@odata.type': '#microsoft.graph.security.deviceEvidence',
    mdeDeviceId: `${id}-${nth}-${'0123456789abcdef'.repeat(2)}`,
    deviceDnsName: `pc-${id}-${nth}.a-department.contoso.example`,
  });
  return summarise(report(id, { evidence: Array.from({ length: 50 }, (_, nth) => device(nth)) }), 0);
};

const added50 = (docket: Recorder, incidentId: string, from: number, to: number): RecordedEvent[] => {
  const before = docket.events.length;
  for (let nth = from; nth < to; nth += 1) docket.record(`incident-${incidentId}`, added(aboutFifty(`a${nth}`)));
  return docket.events.splice(before);
};

/** A run with 10,000, half a million devices, takes minutes; a document of all of them would have 100 MB. */
const alerts = Number(process.env.ALERTS ?? 300);

describe('an incident of many alerts about fifty devices each', () => {
  const docket = new Recorder();
  const bytesOfRow = async () => {
    const [row] = await db
      .collection(collections.incidents.collectionName)
      .find({ _id: '1' as never }, { raw: true })
      .toArray();
    return (row as unknown as Buffer).length;
  };

  beforeAll(async () => {
    const projection = new IncidentsProjection(collections);
    docket.happened('1', opened('1'));
    await projection.apply(docket.events);
    for (let from = 0; from < alerts; from += 100)
      await projection.apply(numbered(added50(docket, '1', from, from + 100)));
  }, 600_000);

  /** A recorder numbers what it holds; these were taken out of it. */
  let last = 1n;
  const numbered = (events: readonly RecordedEvent[]): RecordedEvent[] =>
    events.map((event) => ({ ...event, position: (last += 1n) }));

  it('is shown, in a row that is as small as any', async () => {
    const row = await collections.incidents.findOne({ _id: '1' });
    expect(row).toMatchObject({ alertCount: alerts, impactedAssetCount: alerts * 50 });
    expect(row!.impactedAssets).toHaveLength(20);
    expect(await bytesOfRow()).toBeLessThan(10_000);
  });

  it('is found by every device, and by the words that begin more names than are looked at', async () => {
    const checkpoints = new Checkpoints(collections);
    const page = (query: object) => queuePage(collections, checkpoints, query);
    expect(await page({ q: 'pc a299 49' })).toMatchObject({ total: 1, totalIsExact: true });
    expect(await page({ entity: ['pc-a299-49.a-department.contoso.example'] })).toMatchObject({
      total: 1,
      totalIsExact: true,
    });
    expect(alerts * 50).toBeGreaterThan(mostLookedAt);
  });

  it('lists its assets page by page', async () => {
    const { value, nextCursor, total } = await assetPage(collections, new Checkpoints(collections), '1', {
      limit: 200,
    });
    expect(value).toHaveLength(200);
    expect(total).toBe(alerts * 50);
    const next = await assetPage(collections, new Checkpoints(collections), '1', { limit: 200, cursor: nextCursor! });
    expect(next.total).toBe(total);
    expect(next.value[0]!.key > value.at(-1)!.key).toBe(true);
  });

  it('has one row written where an alert of it changes, and nothing else', async () => {
    const writes: string[] = [];
    const counting = <C extends object>(name: string, collection: C): C =>
      new Proxy(collection, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            if (['bulkWrite', 'updateMany', 'find'].includes(String(property)))
              writes.push(`${name} ${String(property)}`);
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
    const projection = new IncidentsProjection({
      tags: collections.tags,
      incidents: counting('incidents', collections.incidents),
      entities: counting('entities', collections.entities),
    });
    const changed: IncidentEvent = { type: 'AlertResolved', data: { alertId: 'a1', previous: 'new', comment: null } };
    const [event] = numbered([docket.record('incident-1', changed)]);
    await projection.apply([event!]);
    expect(writes).toEqual(['incidents find', 'incidents bulkWrite']);
    expect(await collections.incidents.findOne({ _id: '1' })).toMatchObject({ impactedAssetCount: alerts * 50 });
  });
});

describe('the list of assets', () => {
  const account = (name: string) => ({
    '@odata.type': '#microsoft.graph.security.userEvidence',
    userAccount: { userPrincipalName: name },
  });

  beforeAll(async () => {
    const docket = new Recorder();
    docket.happened('2', opened('2'));
    for (const id of ['b', 'a', 'c']) docket.happened('2', added(summaryOf(id)));
    const ofUsers = summarise(
      report('users', { evidence: [account('jane@contoso.com'), account('adam@contoso.com')] }),
      0,
    );
    docket.happened('2', added(ofUsers), added({ ...ofUsers, alertId: 'again' }));
    docket.decided('2', resolveAlert('a', { comment: null }));
    await new IncidentsProjection(collections).apply(docket.events);
  });

  const keys = async (query: object) =>
    (await assetPage(collections, new Checkpoints(collections), '2', query)).value.map(({ key }) => key);
  const devices = ['device:id-of-a', 'device:id-of-b', 'device:id-of-c'];
  const users = ['user:adam@contoso.com', 'user:jane@contoso.com'];

  it('is by kind and key, without identifiers that are no assets', async () => {
    expect(await keys({})).toEqual([...devices, ...users]);
    const { value, total } = await assetPage(collections, new Checkpoints(collections), '2');
    expect(total).toBe(5);
    expect(value[3]).toEqual({
      kind: 'user',
      key: 'user:adam@contoso.com',
      name: 'adam@contoso.com',
      alertCount: 2,
      firstSeenDateTime: '2025-12-31T23:00:00.123Z',
      lastSeenDateTime: '2025-12-31T23:00:00.123Z',
    });
  });

  it('may be of one kind', async () => {
    expect(await keys({ kind: 'user' })).toEqual(users);
    expect(await keys({ kind: 'mailbox' })).toEqual([]);
    expect(await assetPage(collections, new Checkpoints(collections), '2', { kind: 'device' })).toMatchObject({
      total: 3,
    });
  });

  it.each([undefined, 'device', 'user'] as const)('comes in pages, of kind %s', async (kind) => {
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await assetPage(collections, new Checkpoints(collections), '2', { kind, limit: 2, cursor });
      seen.push(...page.value.map(({ key }) => key));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(await keys({ kind }));
  });

  it('refuses the cursor of another list', async () => {
    const { nextCursor } = await assetPage(collections, new Checkpoints(collections), '2', { limit: 1 });
    await expect(
      assetPage(collections, new Checkpoints(collections), '2', { kind: 'user', cursor: nextCursor! }),
    ).rejects.toThrow(InvalidCursor);
  });
});
