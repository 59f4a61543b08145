import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { catalogue } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { commentOnAlert, schemas } from '#incidents';
import { FoldedIncident, documentOf, withSearchFields } from '#read-model';
import type { AlertDocument, EntityDocument, IncidentDocument } from '#read-model';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { aLog } from '../../read-model/testing/arbitrary-log.js';
import { foldAlerts } from '../../read-model/testing/fold-alerts.js';
import { Recorder, added, opened, report, summaryOf } from '../../read-model/testing/recorder.js';
import { compareReadModel } from './compare-read-model.js';
import { verifyLog } from './verify-log.js';

interface Shown {
  incidents: IncidentDocument[];
  entities: EntityDocument[];
  alerts: AlertDocument[];
}

/** What the projections write. */
function shownAfter(events: readonly RecordedEvent[]): Shown {
  const folded = new Map<string, FoldedIncident>();
  for (const event of structuredClone(events) as never[]) {
    const { stream } = event as RecordedEvent;
    if (!stream.startsWith('incident-')) continue;
    const incident = folded.get(stream) ?? new FoldedIncident();
    folded.set(stream, incident);
    incident.apply(event);
  }
  const incidents = [...folded.values()].map(({ document }) => withSearchFields(document!));
  const entities = [...folded.values()].flatMap(({ document, entities }) =>
    Array.from(entities, (entity) => documentOf(document!._id, entity)),
  );
  return { incidents, entities, alerts: [...foldAlerts(events).values()] };
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** The log was read up to `read`, when the read model had come to `shown`, and then its documents were. */
async function compared(
  events: readonly RecordedEvent[],
  { incidents, entities, alerts }: Shown,
  { read, shown }: { read: number; shown: number },
) {
  const log = new InMemoryEventLog(catalogue(schemas));
  for (const { stream, ...event } of events) await log.append(stream, 'any', [event]);
  const upTo = BigInt(shown);
  const { documents, faults } = await compareReadModel({
    ...(await verifyLog({ events: each(structuredClone(events.slice(0, read))), catalogue: catalogue(schemas) })),
    foldedUpTo: BigInt(read),
    documents: { incidents: each(incidents), entities: each(entities), alerts: each(alerts) },
    shownUpTo: { incidents: upTo, alerts: upTo },
    log,
  });
  return { documents, faults: faults.first.map(({ stream, revision, fault }) => `${stream} ${revision} ${fault}`) };
}

/** Incident 1 with the alerts a and b and a comment on a, incident 2 with nothing. */
function aDocket(): Recorder {
  const docket = new Recorder();
  for (const id of ['a', 'b']) docket.reported(report(id));
  docket.happened('1', opened('1'), added(summaryOf('a')), added(summaryOf('b')));
  docket.happened('2', opened('2'));
  docket.decided('1', commentOnAlert('a', { comment: 'Looking.' }));
  return docket;
}

/** The docket's read model, changed; nothing has happened since. */
function changed(but: (shown: Shown) => unknown) {
  const { events } = aDocket();
  const shown = shownAfter(events);
  but(shown);
  return compared(events, shown, { read: events.length, shown: events.length });
}

describe('the read model', () => {
  it('is compared document by document', async () => {
    expect(await changed(() => undefined)).toEqual({ documents: 8, faults: [] });
  });

  it('may be behind the log, and go on while it is compared', async () => {
    await fc.assert(
      fc.asyncProperty(aLog, fc.nat(), fc.nat(), fc.nat(), async (events, ...numbers) => {
        const [shown, ...later] = numbers
          .map((number) => number % (events.length + 1))
          .sort((one, other) => one - other);
        for (const [read, then] of [later, later.toReversed()]) {
          const { faults } = await compared(events, shownAfter(events.slice(0, then)), { read: read!, shown: shown! });
          expect(faults).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each<[string, (shown: Shown) => unknown, string]>([
    [
      'shows another value',
      ({ incidents }) => (incidents[0]!.displayName = 'Changed'),
      'incident-1 3 is shown with another displayName than the log tells',
    ],
    [
      'is searched by something else than it shows',
      ({ incidents }) => Object.assign(incidents[0]!, { searchTokens: ['x'] }),
      'incident-1 3 is shown with another searchTokens than the log tells',
    ],
    [
      'holds what is in no event',
      ({ incidents }) => Object.assign(incidents[0]!, { more: 1 }),
      'incident-1 3 is shown with another more than the log tells',
    ],
    ['lacks an incident', ({ incidents }) => incidents.pop(), 'incident-2 0 is missing in the read model'],
    [
      'shows an incident that never was',
      ({ incidents }) => incidents.push({ ...incidents[1]!, _id: '3' }),
      'incident-3 0 is shown by the read model, and is not in the log',
    ],
    [
      'shows a revision that never was',
      ({ incidents }) => (incidents[0]!.revision = 9),
      'incident-1 9 is shown by the read model, and is not in the log',
    ],
    [
      'lost a write to an incident',
      ({ incidents }) => (incidents[0] = shownAfter(aDocket().events.slice(0, 5)).incidents[0]!),
      'incident-1 2 is shown as it was before position 7, up to which the read model has come',
    ],
    [
      'shows another number of alerts about an entity',
      ({ entities }) => Object.assign(entities[0]!, { alertCount: 9 }),
      'incident-1 3 entity device:id-of-a is shown with another alertCount than the log tells',
    ],
    [
      'lacks an entity',
      ({ entities }) => entities.shift(),
      'incident-1 3 entity device:id-of-a is missing in the read model',
    ],
    [
      'lost a write to an entity',
      ({ entities }) => (entities[0] = { ...entities[0]!, position: 2n }),
      'incident-1 3 entity device:id-of-a is shown as it was before position 4, up to which the read model has come',
    ],
    [
      'shows an entity that never was',
      ({ entities }) => entities.push({ ...entities[0]!, _id: '2 device:x', incidentId: '2', key: 'device:x' }),
      'incident-2 0 entity device:x is shown by the read model, and is not in the log',
    ],
    [
      'shows an alert elsewhere',
      ({ alerts }) => (alerts[0]!.incidentId = '2'),
      'alert-a 0 is shown with another incidentId than the log tells',
    ],
    [
      'shows another report',
      ({ alerts }) => (alerts[0]!.reportText = '{}'),
      'alert-a 0 is shown with another reportText than the log tells',
    ],
    ['lacks an alert', ({ alerts }) => alerts.pop(), 'alert-b 0 is missing in the read model'],
    [
      'shows an alert that nobody reported',
      ({ alerts }) => alerts.push({ ...alerts[0]!, _id: 'c' }),
      'alert-c 0 is shown by the read model, and is not in the log',
    ],
    [
      'lost a write to an alert',
      ({ alerts }) => (alerts[0] = shownAfter(aDocket().events.slice(0, 5)).alerts[0]!),
      'alert-a 0 is shown as it was before position 7, up to which the read model has come',
    ],
  ])('is at fault where it %s', async (_, but, fault) => {
    expect((await changed(but)).faults).toEqual([fault]);
  });
});
