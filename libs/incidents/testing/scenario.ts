import { expect } from '@jest/globals';
import { summarise } from '../alert-report.js';
import type { AlertSummary } from '../alert-report.js';
import type { Decision } from '../decision.js';
import type { IncidentEvent, IncidentImported, IncidentOpened } from '../events.js';
import { evolve } from '../incident.js';
import type { Incident } from '../incident.js';
import { aReport, deviceEvidence } from './report.js';
import { aSourceIncident } from './source-incident.js';

/** An alert named `alertId`, about one device that no other alert is about unless a test says so. */
export const alert = (alertId: string, but: Partial<AlertSummary> = {}): AlertSummary => ({
  ...summarise(aReport(alertId, { evidence: [deviceEvidence(alertId)] }), 0),
  ...but,
});

export const opened = (but: Partial<IncidentOpened['data']> = {}): IncidentEvent => ({
  type: 'IncidentOpened',
  data: {
    incidentId: '1',
    displayName: 'Opened',
    nameIsAutomatic: false,
    severity: 'medium',
    severityIsAutomatic: false,
    description: null,
    customTags: [],
    origin: 'byHand',
    ...but,
  },
});

export const imported = (but: Partial<IncidentImported['data']> = {}): IncidentEvent => ({
  type: 'IncidentImported',
  data: { incidentId: '1', ...aSourceIncident(), severityIsAutomatic: false, ...but },
});

export const added = (summary: AlertSummary): IncidentEvent => ({
  type: 'AlertAdded',
  data: { alert: summary, reason: { rule: 'nothingShared' } },
});

/** Folds events as if they stood in one stream; the id of each is `<its incident>/<its revision>`. */
export function fold(events: readonly IncidentEvent[], from?: Incident, revision = 0): Incident | undefined {
  let incident = from;
  events.forEach((event, index) => {
    const at = revision + index;
    incident = evolve(incident, { ...event, id: `${incident?.incidentId ?? 'new'}/${at}`, revision: at });
  });
  return incident;
}

type Decide = (incident: Incident | undefined) => Decision;

export function eventsOf(decision: Decision): readonly IncidentEvent[] {
  if ('refused' in decision) throw new Error(`refused: ${JSON.stringify(decision)}`);
  return decision;
}

/** `given(what happened).when(decision)`, then an expectation. */
export function given(...events: IncidentEvent[]) {
  return {
    when(...decisions: Decide[]) {
      const history = [...events];
      let last: Decision = [];
      for (const decide of decisions) {
        last = decide(fold(history));
        if (!('refused' in last)) history.push(...last);
      }
      return {
        then: (...expected: IncidentEvent[]) => expect(last).toEqual(expected),
        thenNothing: () => expect(last).toEqual([]),
        thenRefused: (refusal: object) => expect(last).toEqual(refusal),
        thenTypes: (...types: IncidentEvent['type'][]) => expect(eventsOf(last).map(({ type }) => type)).toEqual(types),
        thenState: (state: object) => expect(fold(history)).toMatchObject(state),
        thenEvents: () => eventsOf(last),
        thenIncident: () => fold(history)!,
      };
    },
  };
}
