import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as decisions from './decisions/index.js';
import type { AlertSummary } from './alert-report.js';
import type { Decision } from './decision.js';
import type { IncidentEvent } from './events.js';
import type { Incident } from './incident.js';
import { alert, eventsOf, fold } from './testing/scenario.js';
import { aSourceIncident } from './testing/source-incident.js';
import { alertStatuses, classifications, determinationsOf, severities, workStatuses } from './vocabulary.js';
import type { AlertStatus, Determination, Judgement, WorkStatus } from './vocabulary.js';

type Decide = (incident: Incident | undefined) => Decision;
type Command = { readonly name: string; readonly decide: Decide };

const incidentIds = ['1', '2', '3'];
const alertIds = ['a', 'b', 'c', 'd', 'e'];
const people = ['kim', 'lee'];

const anAlertId = fc.constantFrom(...alertIds);
const aPerson = fc.constantFrom(...people);
const aJudgement: fc.Arbitrary<Judgement> = fc
  .option(fc.constantFrom(...classifications))
  .chain((classification): fc.Arbitrary<Judgement> =>
    classification === null
      ? fc.constant({ classification, determination: null })
      : fc.record({
          classification: fc.constant(classification),
          determination: fc.option(fc.constantFrom<Determination>(...determinationsOf[classification])),
        }),
  );
const anAssignment = fc.record({ to: fc.constantFrom('me', ...people), caller: aPerson });
const aResolution = fc.record(
  { judgement: aJudgement, comment: fc.constantFrom(null, 'Done.', 'Really done.') },
  { requiredKeys: ['comment'] },
);
const tagList = fc.array(fc.constantFrom('vip', 'VIP', ' finance', 'x'), { maxLength: 3 });

const named = (name: string, command: fc.Arbitrary<Decide>): fc.Arbitrary<Command> =>
  command.map((decide) => ({ name, decide }));

/** Every command that changes an incident in place, but for comments, which are meant to add one each time. */
const aCommand: fc.Arbitrary<Command> = fc.oneof(
  named(
    'rename',
    fc.constantFrom('Ours', 'Theirs').map((displayName) => decisions.rename({ displayName })),
  ),
  named(
    'describe',
    fc.option(fc.constant('Text')).map((description) => decisions.describe({ description })),
  ),
  named('assign', anAssignment.map(decisions.assign)),
  named('unassign', fc.constant(decisions.unassign())),
  named('start', fc.constant(decisions.start())),
  named('resolve', aResolution.map(decisions.resolve)),
  named('reopen', fc.constant(decisions.reopen())),
  named('classify', aJudgement.map(decisions.classify)),
  named(
    'setSeverity',
    fc.constantFrom('automatic' as const, ...severities).map((severity) => decisions.setSeverity({ severity })),
  ),
  named('changeTags', fc.record({ add: tagList, remove: tagList }).map(decisions.changeTags)),
  named(
    'assignAlert',
    fc.tuple(anAlertId, anAssignment).map(([id, to]) => decisions.assignAlert(id, to)),
  ),
  named('unassignAlert', anAlertId.map(decisions.unassignAlert)),
  named('startAlert', anAlertId.map(decisions.startAlert)),
  named(
    'resolveAlert',
    fc
      .tuple(anAlertId, fc.record({ judgement: aJudgement }, { requiredKeys: [] }))
      .map(([id, judgement]) => decisions.resolveAlert(id, { ...judgement, comment: null })),
  ),
  named('reopenAlert', anAlertId.map(decisions.reopenAlert)),
  named(
    'classifyAlert',
    fc.tuple(anAlertId, aJudgement).map(([id, judgement]) => decisions.classifyAlert(id, judgement)),
  ),
  named(
    'updateAlert',
    fc
      .tuple(anAlertId, fc.constantFrom(...severities))
      .map(([id, severity]) =>
        decisions.updateAlert(alert(id, { reportRevision: 1 + severities.indexOf(severity), severity, title: 'Anew' })),
      ),
  ),
);

/** What happens to a docket of three incidents. Arrivals are written some time after their departures, as after a crash. */
type Happening =
  | { readonly does: 'command'; readonly incidentId: string; readonly command: Command }
  | { readonly does: 'report'; readonly alertId: string; readonly incidentId: string }
  | {
      readonly does: 'import';
      readonly alertIds: readonly string[];
      readonly alertStatus: AlertStatus;
      readonly incidentId: string;
      readonly status: WorkStatus;
    }
  | { readonly does: 'move'; readonly alertIds: readonly string[]; readonly from: string; readonly to: string }
  | { readonly does: 'merge'; readonly incidentIds: readonly string[] }
  | { readonly does: 'arrive' };

const anIncidentId = fc.constantFrom(...incidentIds);
const aHappening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('command' as const), incidentId: anIncidentId, command: aCommand }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('report' as const), alertId: anAlertId, incidentId: anIncidentId }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('import' as const),
      alertIds: fc.uniqueArray(anAlertId, { minLength: 1, maxLength: 3 }),
      alertStatus: fc.constantFrom(...alertStatuses),
      incidentId: anIncidentId,
      status: fc.constantFrom(...workStatuses),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        does: fc.constant('move' as const),
        alertIds: fc.uniqueArray(anAlertId, { minLength: 1, maxLength: 3 }),
        from: anIncidentId,
        to: anIncidentId,
      })
      .filter(({ from, to }) => from !== to),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('merge' as const),
      incidentIds: fc.uniqueArray(anIncidentId, { minLength: 2, maxLength: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('arrive' as const) }) },
);

const because = { comment: null, reasons: [] };

type Transfer = { from: string; to: string; transferId: string; alerts: readonly AlertSummary[] };
type Travelling = { to: string; arrivesIn: (incidentId: string) => Decide };

class Docket {
  readonly streams = new Map<string, IncidentEvent[]>();
  readonly #states = new Map<string, Incident>();
  readonly #reported = new Set<string>();
  readonly #travelling: Travelling[] = [];

  constructor(readonly afterEach: (docket: Docket) => void) {}

  get incidents(): Iterable<Incident> {
    return this.#states.values();
  }

  incident(incidentId: string): Incident | undefined {
    return this.#states.get(incidentId);
  }

  happen(happening: Happening): void {
    switch (happening.does) {
      case 'command':
        this.#carryOut(happening.incidentId, happening.command.decide);
        return;
      case 'report': {
        if (this.#reported.has(happening.alertId)) return;
        const arrival = { alert: alert(happening.alertId), reason: { rule: 'nothingShared' } as const };
        const events = this.#carryOut(happening.incidentId, decisions.addAlerts(happening.incidentId, [arrival]));
        if (events?.some(({ type }) => type === 'AlertAdded')) this.#reported.add(happening.alertId);
        return;
      }
      case 'import': {
        const { incidentId, status, alertStatus: each } = happening;
        const source = { ...aSourceIncident({ status }), incidentId, severityIsAutomatic: false };
        this.#carryOut(incidentId, decisions.importIncident(source));
        const fresh = happening.alertIds.filter((alertId) => !this.#reported.has(alertId));
        const alerts = fresh.map((alertId) => alert(alertId, { status: each }));
        this.#carryOut(incidentId, decisions.addImportedAlerts(alerts));
        fresh.forEach((alertId) => this.#reported.add(alertId));
        return;
      }
      case 'move': {
        const { from, to } = happening;
        const alertIds = happening.alertIds.filter((alertId) => this.#states.get(from)?.alerts.has(alertId));
        if (alertIds.length === 0) return;
        // The plan is refused where the target is not there or resolved; it may be resolved on the way.
        if ('refused' in decisions.acceptsAlerts(alertIds.length)(this.#states.get(to))) return;
        const events = this.#carryOut(from, decisions.moveOut({ alertIds, toIncidentId: to, ...because }));
        const departure = events?.find((event) => event.type === 'AlertMovedOut');
        if (departure?.type !== 'AlertMovedOut') return;
        const transferId = this.#states.get(from)!.departed.get(alertIds[0]!)!.transferId;
        const { alerts } = departure.data;
        this.#depart({ from, to, transferId, alerts });
        return;
      }
      case 'merge':
        this.#merge(happening.incidentIds.flatMap((incidentId) => this.#states.get(incidentId) ?? []));
        return;
      case 'arrive': {
        const next = this.#travelling.shift();
        if (next) this.#arrive(next);
        return;
      }
    }
  }

  #depart({ from, to, transferId, alerts }: Transfer): void {
    this.#travelling.push({
      to,
      arrivesIn: (incidentId) => decisions.moveIn({ incidentId, fromIncidentId: from, transferId, alerts, ...because }),
    });
  }

  /** Every alert travels by itself, as if it filled an event. */
  #merge(incidents: readonly Incident[]): void {
    const choice = incidents.length < 2 ? undefined : decisions.chooseMerge(incidents);
    if (!choice || 'refused' in choice) return;
    const { toIncidentId: to, fromIncidentIds } = choice;
    for (const from of fromIncidentIds) {
      this.#carryOut(from, decisions.merge({ toIncidentId: to, ...because }));
      const source = this.#states.get(from)!;
      const { transferId, alerts } = source.redirect!;
      this.#travelling.push({ to, arrivesIn: () => decisions.absorb({ from: source, transferId, ...because }) });
      [...alerts.values()].forEach((each, nth) =>
        this.#depart({ from, to, transferId: `${transferId}/${nth}`, alerts: [each] }),
      );
    }
  }

  /** What left for an incident that was merged meanwhile arrives in the one that it is part of. */
  #arrive({ to, arrivesIn }: Travelling): void {
    const { redirect } = this.#states.get(to) ?? {};
    if (redirect) this.#arrive({ to: redirect.toIncidentId, arrivesIn });
    else this.#carryOut(to, arrivesIn(to));
  }

  #carryOut(incidentId: string, decide: Decide): readonly IncidentEvent[] | undefined {
    const decision = decide(this.#states.get(incidentId));
    if ('refused' in decision) return undefined;
    const stream = this.streams.get(incidentId) ?? [];
    for (const event of decision) {
      this.#states.set(incidentId, fold([event], this.#states.get(incidentId), stream.length)!);
      stream.push(event);
      this.streams.set(incidentId, stream);
      this.afterEach(this);
    }
    return decision;
  }
}

/** How many incidents an alert is in: those that hold it, and those that it is on its way to. */
function whereabouts(docket: Docket, alertId: string): string[] {
  const places: string[] = [];
  const isOnItsWay = (toIncidentId: string, transferId: string): boolean => {
    const { arrived, redirect } = docket.incident(toIncidentId) ?? {};
    if (arrived?.has(transferId)) return false;
    return redirect === undefined || isOnItsWay(redirect.toIncidentId, transferId);
  };
  for (const { incidentId, alerts, departed, redirect } of docket.incidents) {
    if (alerts.has(alertId)) places.push(incidentId);
    const departure = departed.get(alertId);
    if (departure && isOnItsWay(departure.toIncidentId, departure.transferId))
      places.push(`on its way to ${departure.toIncidentId}`);
    const nth = [...(redirect?.alerts.keys() ?? [])].indexOf(alertId);
    if (redirect && nth >= 0 && isOnItsWay(redirect.toIncidentId, `${redirect.transferId}/${nth}`))
      places.push(`part of ${redirect.toIncidentId}, on its way there`);
  }
  return places;
}

describe('whatever happens, in any order', () => {
  it('a decision that is carried out twice changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(aHappening, { maxLength: 25 }), aCommand, (happenings, { decide }) => {
        const docket = new Docket(() => {});
        happenings.forEach((happening) => docket.happen(happening));
        for (const events of docket.streams.values()) {
          const first = decide(fold(events));
          if ('refused' in first) continue;
          expect(eventsOf(decide(fold([...events, ...first])))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('every alert is in exactly one incident, and a resolved incident has no open alert, after each event', () => {
    const busy = { moves: 0, resolved: 0, closedOnArrival: 0, merges: 0, followed: 0 };
    fc.assert(
      fc.property(fc.boolean(), fc.array(aHappening, { minLength: 10, maxLength: 60 }), (areThere, happenings) => {
        const seen = new Set<string>();
        const docket = new Docket((now) => {
          for (const incident of now.incidents) {
            for (const alertId of incident.alerts.keys()) seen.add(alertId);
            if (incident.redirect) {
              expect(Number(incident.redirect.toIncidentId)).toBeLessThan(Number(incident.incidentId));
              expect(incident.alerts.size).toBe(0);
            } else if (incident.status === 'resolved') {
              busy.resolved += 1;
              expect([...incident.alerts.values()].filter(({ status }) => status !== 'resolved')).toEqual([]);
            }
            busy.moves += incident.arrived.size;
          }
          for (const alertId of seen) expect(whereabouts(now, alertId)).toHaveLength(1);
        });
        // Where they all are there from the beginning, two are merged more often, and then with the third.
        if (areThere)
          incidentIds.forEach((incidentId, nth) =>
            docket.happen({ does: 'report', alertId: alertIds[nth]!, incidentId }),
          );
        happenings.forEach((happening) => docket.happen(happening));
        for (const [incidentId, events] of docket.streams) {
          busy.closedOnArrival += events.filter(
            ({ type, data }) => type === 'AlertAdded' && 'closedFrom' in data,
          ).length;
          const merged = events.findIndex(({ type }) => type === 'IncidentMerged');
          if (merged < 0) continue;
          busy.merges += 1;
          expect(merged).toBe(events.length - 1);
          if (docket.incident(docket.incident(incidentId)!.redirect!.toIncidentId)!.redirect) busy.followed += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    // The property is worth something only where alerts did move, incidents were resolved and alerts came along with such.
    expect(busy.moves).toBeGreaterThan(100);
    expect(busy.resolved).toBeGreaterThan(100);
    expect(busy.closedOnArrival).toBeGreaterThan(20);
    expect(busy.merges).toBeGreaterThan(50);
    expect(busy.followed).toBeGreaterThan(5);
  });
});
