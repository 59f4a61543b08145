/** Events that cannot be projected for a while: whatever is shown meanwhile is right, and afterwards all is as if they always could. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedEvent } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import { comment, rename } from '#incidents';
import { AlertsProjection } from '../alerts/alerts-projection.js';
import { collectionsOf } from '../collections.js';
import type { Collections } from '../collections.js';
import { documentOf } from '../incidents/entity.js';
import { incidentIdOf, isAlertEvent, isIncidentEvent } from '../events-of.js';
import { FoldedIncident } from '../incidents/folded-incident.js';
import { withSearchFields } from '../queue/incident-search.js';
import { IncidentsProjection } from '../incidents/incidents-projection.js';
import { aLog } from '../testing/arbitrary-log.js';
import { foldAlerts } from '../testing/fold-alerts.js';
import { startTestDatabase } from '../testing/mongo.js';
import type { TestDatabase } from '../testing/mongo.js';
import { added, opened, Recorder, report, summaryOf } from '../testing/recorder.js';
import { listParked, requestUnpark } from './parked.js';
import { ParkingProjection, TooMuchParked, mostParked } from './parking-projection.js';

let database: TestDatabase;
let collections: Collections;

beforeAll(async () => {
  database = await startTestDatabase();
  collections = collectionsOf(database.db, 1);
});
afterAll(() => database.stop());
beforeEach(empty);

async function empty(): Promise<void> {
  const { incidents, entities, alerts, parked } = collections;
  await Promise.all(
    [incidents, entities, alerts, parked].map((each: { deleteMany(filter: object): unknown }) => each.deleteMany({})),
  );
}

/** As subscriptions hand on what cannot be decoded. */
const unreadable = ({ type, ...event }: RecordedEvent): RecordedEvent => ({
  ...event,
  type: '$unreadable',
  data: { type, why: `Event ${event.revision} of ${event.stream} cannot be read` },
});

/** A schema that is not known yet: that it names alerts can be seen, what it says of them cannot. */
const later = (event: RecordedEvent): RecordedEvent => ({ ...event, metadata: { ...event.metadata, schema: 99 } });

/** A log in which some events are poison as long as `poison` has them. */
class PoisonedLog {
  readonly poison = new Map<bigint, 'unreadable' | 'later'>();

  constructor(readonly events: readonly RecordedEvent[]) {}

  delivered(from: number, to: number): RecordedEvent[] {
    return this.events.slice(from, to).map((event) => {
      const how = this.poison.get(event.position);
      const own = structuredClone(event);
      return how === 'unreadable' ? unreadable(own) : how === 'later' ? later(own) : own;
    });
  }

  readonly log = {
    read: (stream: string) => this.#read(stream),
  } as unknown as EventLog;

  async *#read(stream: string): AsyncGenerator<RecordedEvent> {
    for (const event of this.events.filter((each) => each.stream === stream)) {
      const how = this.poison.get(event.position);
      if (how === 'unreadable') throw new MalformedEvent(stream, event.revision, event.type, 'cannot be read');
      const own = structuredClone(event);
      yield how === 'later' ? later(own) : own;
    }
  }
}

/** Both projections of one projector; `handled`: of the events. */
class Projector {
  readonly reports: string[] = [];
  handled = 0;
  #projections: ParkingProjection[] = [];

  constructor(readonly source: PoisonedLog) {}

  async begin(at = this.handled): Promise<void> {
    this.handled = at;
    const options = {
      log: this.source.log,
      parked: collections.parked,
      report: (message: string) => this.reports.push(message),
    };
    this.#projections = [new IncidentsProjection(collections), new AlertsProjection(collections)].map(
      (projection) => new ParkingProjection(projection, options),
    );
    for (const projection of this.#projections) await projection.begin();
  }

  async goOn(to = this.source.events.length): Promise<void> {
    const batch = this.source.delivered(this.handled, to);
    if (batch.length > 0) for (const projection of this.#projections) await projection.apply(batch);
    this.handled = Math.max(this.handled, to);
  }

  async takeUpRequests(): Promise<void> {
    const position = this.source.events[this.handled - 1]?.position ?? 0n;
    for (const projection of this.#projections) await projection.takeUpRequests(position);
  }

  async unparkAll(): Promise<void> {
    for (const { id } of await listParked(collections.parked)) await requestUnpark(collections.parked, id);
    await this.takeUpRequests();
  }
}

const byId = (one: { _id: string }, other: { _id: string }) => (one._id < other._id ? -1 : 1);

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
  const entitiesOf = ([incidentId, { entities }]: [string, FoldedIncident]) =>
    Array.from(entities, (entity) => documentOf(incidentId, entity));
  return {
    incidents: Array.from(incidents.values(), ({ document }) => withSearchFields(document!)).sort(byId),
    entities: [...incidents].flatMap(entitiesOf).sort(byId),
    alerts: [...foldAlerts(events).values()].sort(byId),
  };
}

/** What is not marked is what it is by the events so far; `hidden`: what only an unreadable event speaks of cannot be known. */
async function expectNothingStale(log: readonly RecordedEvent[], hidden: ReadonlySet<bigint>): Promise<void> {
  const { incidents, alerts } = await stored();
  const now = folded(log);
  for (const row of incidents.filter(({ parked }) => !parked))
    expect(row).toEqual(now.incidents.find(({ _id }) => _id === row._id));
  const known = foldAlerts(log.filter(({ position }) => !hidden.has(position)));
  for (const alert of alerts.filter(({ parkedWith }) => parkedWith === undefined))
    expect([now.alerts.find(({ _id }) => _id === alert._id), known.get(alert._id)]).toContainEqual(alert);
}

const aShare = fc.double({ min: 0, max: 1, noNaN: true });
const aRun = fc.record({
  log: aLog,
  poison: fc.array(fc.tuple(aShare, fc.constantFrom('unreadable' as const, 'later' as const)), {
    minLength: 1,
    maxLength: 4,
  }),
  steps: fc.array(fc.tuple(aShare, fc.constantFrom('restart', 'repeat', 'go on', 'try', 'both' as const)), {
    maxLength: 6,
  }),
});

describe('a projection that parks', () => {
  it('shows nothing that is stale, and comes to the pure fold when what was poison is mended and unparked (I-6)', async () => {
    await fc.assert(
      fc
        .asyncProperty(aRun, async ({ log, poison, steps }) => {
          const source = new PoisonedLog(log);
          for (const [share, how] of poison) {
            const event = log[Math.floor(share * (log.length - 1))];
            if (!event) continue;
            if (isIncidentEvent(event) || isAlertEvent(event)) source.poison.set(event.position, how);
          }
          const hidden = new Set(
            [...source.poison].filter(([, how]) => how === 'unreadable').map(([position]) => position),
          );
          const [one, other] = [new Projector(source), new Projector(source)];
          await one.begin();
          await other.begin();
          let furthest = 0;
          for (const [share, step] of steps) {
            const to = one.handled + Math.round((log.length - one.handled) * share);
            if (step === 'both') await Promise.all([one.goOn(to), other.goOn()]);
            else await one.goOn(to);
            if (step === 'restart') await one.begin();
            if (step === 'try') await one.unparkAll();
            furthest = Math.max(furthest, one.handled, other.handled);
            if (step === 'repeat') await one.begin(Math.floor(one.handled * share)); // a crash before the checkpoint
            if (one.handled === furthest) await expectNothingStale(log.slice(0, furthest), hidden);
          }
          await one.goOn();
          await expectNothingStale(log, hidden);
          source.poison.clear();
          for (let round = 0; round < 5; round++) await one.unparkAll();
          expect(await listParked(collections.parked)).toEqual([]);
          expect(await stored()).toEqual(folded(log));
          await other.goOn(); // behind, and believes that all is parked yet
          expect(await stored()).toEqual(folded(log));
        })
        .afterEach(empty),
      { numRuns: Number(process.env.RUNS ?? 30) },
    );
  }, 120_000);

  it('names what is parked and why, and goes on with all else', async () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    docket.happened('2', opened('2'));
    docket.decided('1', rename({ displayName: 'Ours' }));
    docket.decided('1', comment({ comment: 'Looking.' }));
    docket.decided('2', comment({ comment: 'Looking.' }));
    const source = new PoisonedLog(docket.events);
    source.poison.set(3n, 'unreadable');
    const projector = new Projector(source);
    await projector.begin();
    await projector.goOn();
    expect(await listParked(collections.parked)).toMatchObject([
      {
        projection: 'incidents',
        kind: 'incident',
        id: '1',
        reason: 'Event 1 of incident-1 cannot be read',
        passedOver: 4n,
      },
      { projection: 'alerts', kind: 'incident', id: '1', event: { revision: 1, position: 3n } },
    ]);
    expect((await stored()).incidents).toMatchObject([
      { _id: '1', parked: true, revision: 0 },
      { _id: '2', commentCount: 1 },
    ]);
    expect(projector.reports).toEqual([
      'incidents has parked incident 1: Event 1 of incident-1 cannot be read',
      'alerts has parked incident 1: Event 1 of incident-1 cannot be read',
    ]);

    await projector.unparkAll();
    expect(await listParked(collections.parked)).toMatchObject([
      { unparkRequested: false },
      { unparkRequested: false },
    ]);
    source.poison.clear();
    await projector.unparkAll();
    expect(await listParked(collections.parked)).toEqual([]);
    expect(await stored()).toEqual(folded(docket.events));
  });

  it('lets the incident that an alert went to name it, and marks it with the one that it came from', async () => {
    const docket = new Recorder();
    docket.reported(report('a'));
    docket.happened('1', opened('1'), added(summaryOf('a')));
    docket.happened('2', opened('2'));
    docket.decided('1', comment({ comment: 'Looking.' }));
    const alerts = [docket.incident('1')!.alerts.get('a')!];
    const because = { comment: null, reasons: [] };
    docket.happened('1', { type: 'AlertMovedOut', data: { alerts, toIncidentId: '2', ...because } } as never);
    const source = new PoisonedLog(docket.events);
    source.poison.set(5n, 'unreadable');
    const projector = new Projector(source);
    await projector.begin();
    await projector.goOn();
    expect((await stored()).alerts).toMatchObject([{ _id: 'a', incidentId: '2', parkedWith: 'incident-1' }]);
  });

  it('stands in for an alert whose report cannot be read', async () => {
    const docket = new Recorder();
    docket.reported(report('a'));
    docket.happened('1', opened('1'), added(summaryOf('a')));
    const source = new PoisonedLog(docket.events);
    source.poison.set(1n, 'unreadable');
    const projector = new Projector(source);
    await projector.begin();
    await projector.goOn();
    expect((await stored()).alerts).toMatchObject([{ _id: 'a', incidentId: '1', parkedWith: 'alert-a' }]);
  });

  it('stops where so much is poison that the events cannot be at fault', async () => {
    const docket = new Recorder();
    for (let id = 1; id <= mostParked + 1; id++) docket.happened(String(id), opened(String(id)));
    const source = new PoisonedLog(docket.events);
    for (const { position } of docket.events) source.poison.set(position, 'later');
    const projector = new Projector(source);
    await projector.begin();
    await expect(projector.goOn()).rejects.toThrow(TooMuchParked);
    expect(await listParked(collections.parked)).toHaveLength(mostParked);
  });
});
