import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import { incidentDecider, streams } from '#incidents';
import type { Incident, IncidentEvent } from '#incidents';
import { collectionsOf } from '../collections.js';
import type { Collections } from '../collections.js';
import { IncidentsProjection } from './incidents-projection.js';
import { recentIncidents } from './recent-incidents.js';
import { aLog } from '../testing/arbitrary-log.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { Recorder, added, opened, summaryOf, timeOf } from '../testing/recorder.js';

let database: TestDatabase;
let collections: Collections;
beforeAll(async () => {
  database = await startTestDatabase();
  collections = collectionsOf(database.db, 1);
});
afterAll(() => database.stop());

async function project(events: readonly RecordedEvent[]): Promise<void> {
  await Promise.all([collections.incidents.deleteMany({}), collections.entities.deleteMany({})]);
  await new IncidentsProjection(collections).apply(structuredClone(events));
}

async function changedSince(time: string) {
  const found = [];
  for await (const { entities, ...incident } of recentIncidents(collections, new Date(time)))
    found.push({ ...incident, entities: Object.fromEntries(entities) });
  return found;
}

const idsSince = async (time: string) => (await changedSince(time)).map(({ incidentId }) => incidentId);

/** The same, folded from the log. */
function folded(events: readonly RecordedEvent[]) {
  const incidents = new Map<string, { state: Incident; revision: number }>();
  for (const recorded of events) {
    const event = recorded as RecordedEvent<IncidentEvent>;
    const [kind, incidentId] = event.stream.split('-') as [string, string];
    if (`${kind}-` !== streams.incident('')) continue;
    const state = incidentDecider.evolve(incidents.get(incidentId)?.state, event);
    incidents.set(incidentId, { state, revision: event.revision });
  }
  return [...incidents].flatMap(([incidentId, { state, revision }]) => {
    if (state.redirect) return [];
    const entities: Record<string, number> = {};
    for (const { entityKeys } of state.alerts.values())
      for (const key of entityKeys) entities[key] = (entities[key] ?? 0) + 1;
    return [{ incidentId, revision, isOpen: state.status !== 'resolved', alertCount: state.alerts.size, entities }];
  });
}

describe('the incidents that a new alert is compared with', () => {
  it('are as their streams tell them, but for those that were merged', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, async (events) => {
        await project(events);
        const found = await changedSince('2000-01-01T00:00:00Z');
        const byId = (one: { incidentId: string }, other: { incidentId: string }) =>
          Number(one.incidentId) - Number(other.incidentId);
        expect(found.toSorted(byId)).toMatchObject(folded(events).toSorted(byId));
        expect(found.map(({ lastUpdateDateTime }) => lastUpdateDateTime)).toEqual(
          found.map(({ lastUpdateDateTime }) => lastUpdateDateTime).toSorted(),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('have changed lately, the longest unchanged first', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(summaryOf('a')));
    docket.happened('2', opened('2'));
    docket.happened('3', opened('3'));
    docket.happened('2', added(summaryOf('b')));
    await project(docket.events);
    expect(await idsSince(timeOf(1n))).toEqual(['1', '3', '2']);
    expect(await idsSince(timeOf(4n))).toEqual(['3', '2']);
    expect(await idsSince(timeOf(6n))).toEqual([]);
  });
});
