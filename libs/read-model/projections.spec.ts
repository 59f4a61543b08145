import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AnyBulkWriteOperation, BulkWriteOptions, Db } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { assign, commentOnAlert, resolve } from '#incidents';
import type { AlertDocument } from './alerts/alert-document.js';
import { AlertsProjection } from './alerts/alerts-projection.js';
import { collectionsOf } from './collections.js';
import type { Collections } from './collections.js';
import { documentOf } from './incidents/entity.js';
import { incidentIdOf, isIncidentEvent } from './events-of.js';
import { FoldedIncident } from './incidents/folded-incident.js';
import { withSearchFields } from './queue/incident-search.js';
import { IncidentsProjection } from './incidents/incidents-projection.js';
import { aLog } from './testing/arbitrary-log.js';
import { foldAlerts } from './testing/fold-alerts.js';
import { startTestDatabase } from './testing/mongo.js';
import type { TestDatabase } from './testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from './testing/recorder.js';

let database: TestDatabase;
let db: Db;
let collections: Collections;

beforeAll(async () => {
  database = await startTestDatabase();
  db = database.db;
  collections = collectionsOf(db, 1);
});
afterAll(() => database.stop());
beforeEach(empty);

async function empty(): Promise<void> {
  const { incidents, entities, alerts } = collections;
  await Promise.all([incidents.deleteMany({}), entities.deleteMany({}), alerts.deleteMany({})]);
}

/** As one projector does that handles batch after batch. */
async function project(...batches: (readonly RecordedEvent[])[]): Promise<void> {
  const [incidents, alerts] = [new IncidentsProjection(collections), new AlertsProjection(collections)];
  for (const batch of batches) {
    await incidents.apply(batch);
    await alerts.apply(batch);
  }
}

async function stored() {
  const incidents = await collections.incidents.find().sort({ _id: 1 }).toArray();
  const alerts = await collections.alerts.find().sort({ _id: 1 }).toArray();
  const entities = await collections.entities.find().sort({ _id: 1 }).toArray();
  return { incidents, entities, alerts };
}

function folded(events: readonly RecordedEvent[]) {
  const incidents = new Map<string, FoldedIncident>();
  for (const event of structuredClone(events).filter(isIncidentEvent)) {
    const incident = incidents.get(incidentIdOf(event)) ?? new FoldedIncident();
    incidents.set(incidentIdOf(event), incident);
    incident.apply(event);
  }
  const byId = (one: { _id: string }, other: { _id: string }) => (one._id < other._id ? -1 : 1);
  const entitiesOf = ([incidentId, { entities }]: [string, FoldedIncident]) =>
    Array.from(entities, (entity) => documentOf(incidentId, entity));
  return {
    incidents: Array.from(incidents.values(), ({ document }) => withSearchFields(document!)).sort(byId),
    entities: [...incidents].flatMap(entitiesOf).sort(byId),
    alerts: [...foldAlerts(events).values()].sort(byId),
  };
}

/** Incident 1 with the alerts `a` and `b`. */
function given(): Recorder {
  const docket = new Recorder();
  docket.reported(report('a'));
  docket.reported(report('b'));
  docket.happened('1', opened('1'), added(summaryOf('a')), added(summaryOf('b')));
  return docket;
}

describe('the projections', () => {
  it('come to the pure fold of the log, in whatever batches and with whatever is repeated (I-6)', async () => {
    const aPart = fc.double({ min: 0, max: 1, noNaN: true });
    // Each batch begins somewhere in what has been handled, as after a drop, and ends somewhere in what has not; some are followed by a restart.
    const aRun = fc.record({ log: aLog, batches: fc.array(fc.tuple(aPart, aPart, fc.boolean()), { maxLength: 6 }) });
    await fc.assert(
      fc
        .asyncProperty(aRun, async ({ log, batches }) => {
          let handled = 0;
          const life: (readonly RecordedEvent[])[] = [];
          for (const [back, forth, restarts] of [...batches, [0.5, 1, true]] as const) {
            const start = Math.round(handled * back);
            const end = handled + Math.round((log.length - handled) * forth);
            life.push(log.slice(start, end));
            handled = end;
            if (restarts) await project(...life.splice(0));
          }
          expect(await stored()).toEqual(folded(log));
        })
        .afterEach(empty),
      { numRuns: 60 },
    );
  }, 60_000);

  it('begin again where another projector has come to meanwhile', async () => {
    const docket = given();
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    docket.decided('1', resolve({ comment: null }));
    const projection = new IncidentsProjection(collections);
    await projection.apply(docket.events.slice(0, -2));
    await new IncidentsProjection(collections).apply(docket.events.slice(0, -1));
    projection.begin();
    await projection.apply(docket.events.slice(-1));
    expect((await stored()).incidents).toEqual(folded(docket.events).incidents);
  });

  it('are not set back by a projector that is behind', async () => {
    const docket = given();
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    const early = docket.events.slice();
    docket.decided('1', resolve({ comment: null }));
    await project(docket.events, early, early.slice(0, 3));
    expect(await stored()).toEqual(folded(docket.events));
  });

  it('are not set back by a projector that read before another one wrote', async () => {
    const docket = given();
    await project(docket.events);
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    const early = docket.events.slice();
    docket.decided('1', resolve({ comment: null }));
    const overtaken = new Proxy(collections.incidents, {
      get: (target, property) =>
        property === 'bulkWrite'
          ? async (...args: Parameters<typeof target.bulkWrite>) => {
              await project(docket.events);
              return target.bulkWrite(...args);
            }
          : (Reflect.get(target, property) as unknown),
    });
    await new IncidentsProjection({ ...collections, incidents: overtaken }).apply(early);
    expect(await stored()).toEqual(folded(docket.events));
  });

  it('write the whole batch, though another projector inserts one of its alerts at the same moment', async () => {
    const docket = given();
    let raced = false;
    // The second half of a raced upsert: the server found no such alert, and inserts.
    const racing = new Proxy(collections.alerts, {
      get: (target, property) => {
        if (property !== 'bulkWrite' || raced) return Reflect.get(target, property) as unknown;
        raced = true;
        return async ([, ...others]: AnyBulkWriteOperation<AlertDocument>[], options: BulkWriteOptions) => {
          const [first] = foldAlerts(docket.events.slice(0, 1)).values();
          await target.insertOne(first!);
          return target.bulkWrite([{ insertOne: { document: first! } }, ...others], options);
        };
      },
    });
    await new AlertsProjection({ ...collections, alerts: racing }).apply(docket.events);
    expect(raced).toBe(true);
    expect((await stored()).alerts).toEqual(folded(docket.events).alerts);
  });

  it('agree where two projectors work on the same events at the same time', async () => {
    const docket = given();
    docket.decided('1', commentOnAlert('a', { comment: 'Looking.' }));
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    docket.decided('1', resolve({ comment: null }));
    const one = docket.events.map((event) => [event]);
    const other = [docket.events.slice(0, 4), docket.events.slice(4)];
    await Promise.all([project(...one), project(...other), project(docket.events)]);
    expect(await stored()).toEqual(folded(docket.events));
  });

  it('count an alert comment once, however often it comes', async () => {
    const docket = given();
    docket.decided('1', commentOnAlert('a', { comment: 'Looking.' }));
    await project(docket.events, docket.events, docket.events.slice(-1));
    expect((await stored()).alerts).toMatchObject([{ commentCount: 1 }, { commentCount: 0 }]);
  });

  it('keep what BSON has no room for: names with NUL, and depth', async () => {
    const deep = JSON.parse('['.repeat(300) + ']'.repeat(300)) as unknown;
    const docket = new Recorder();
    docket.reported(report('a', { other: { 'a\u0000.$b': 1, deep } }));
    await project(docket.events);
    expect(await stored()).toEqual(folded(docket.events));
  });

  it('stop at an event of a schema that they do not know', async () => {
    const docket = given();
    const last = docket.events.at(-1)!;
    const later = { ...last, metadata: { ...last.metadata, schema: 99 } };
    await expect(project([...docket.events.slice(0, -1), later])).rejects.toThrow('schema 99');
  });

  it('keep positions beyond what a double holds', async () => {
    const position = 2n ** 62n + 1n;
    const [first] = given().of('1');
    await project([{ ...first!, position }]);
    expect((await stored()).incidents).toMatchObject([{ position }]);
  });
});
