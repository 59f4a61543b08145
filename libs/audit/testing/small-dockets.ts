import { absorb, merge, moveIn, moveOut } from '#incidents';
import type { AlertMovedOut, IncidentMerged } from '#incidents';
import { Recorder, added, opened, report, summaryOf } from '../../read-model/testing/recorder.js';

const because = { comment: null, reasons: [] };

/** Two incidents, of which the first has the alerts a and b. One second passes with each event. */
export function twoIncidents(): Recorder {
  const docket = new Recorder();
  for (const id of ['a', 'b']) docket.reported(report(id));
  docket.happened('1', opened('1'), added(summaryOf('a')), added(summaryOf('b')));
  docket.happened('2', opened('2'));
  return docket;
}

/** The same, with a third incident, which has the alerts c and d. */
export function threeIncidents(): Recorder {
  const docket = twoIncidents();
  for (const id of ['c', 'd']) docket.reported(report(id));
  docket.happened('3', opened('3'), added(summaryOf('c')), added(summaryOf('d')));
  return docket;
}

/** So long that whatever was on its way should have arrived. */
export function timePasses(docket: Recorder): void {
  for (let second = 0; second < 15; second++) docket.record('register', { type: 'IncidentRegistered', data: {} });
}

/** Sends alerts on their way; gives back the arrival that is to be written. */
export function depart(docket: Recorder, alertIds: string[], from: string, to: string): (into?: string) => void {
  docket.decided(from, moveOut({ alertIds, toIncidentId: to, ...because }));
  const { id: transferId, data } = docket.of(from).findLast(isDeparture)!;
  return (into = to) =>
    void docket.decided(
      into,
      moveIn({ incidentId: into, fromIncidentId: from, transferId, alerts: data.alerts, ...because }),
    );
}

export interface Merging {
  absorb: (into?: string) => void;
  /** The n-th chunk of the alerts. */
  arrive: (nth: number, alertIds: readonly string[], into?: string) => void;
}

/** Merges one incident into another one; gives back what is to be written there. */
export function mergeInto(docket: Recorder, from: string, to: string): Merging {
  docket.decided(from, merge({ toIncidentId: to, ...because }));
  const incident = docket.incident(from)!;
  const { id: transferId } = docket.of(from).find(isMerge)!;
  return {
    absorb: (into = to) => void docket.decided(into, absorb({ from: incident, transferId, ...because })),
    arrive: (nth, alertIds, into = to) => {
      const alerts = alertIds.map((alertId) => incident.redirect!.alerts.get(alertId)!);
      const arrival = { fromIncidentId: from, transferId: `${transferId}/${nth}`, alerts, ...because };
      docket.decided(into, moveIn({ incidentId: into, ...arrival }));
    },
  };
}

const isDeparture = <E extends { type: string }>(event: E): event is Extract<E, AlertMovedOut> =>
  event.type === 'AlertMovedOut';
const isMerge = <E extends { type: string }>(event: E): event is Extract<E, IncidentMerged> =>
  event.type === 'IncidentMerged';
