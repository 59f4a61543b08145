import { onIncident } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import type { Incident } from '../incident.js';
import type { Judgement } from '../vocabulary.js';
import { onAlert } from './on-alert.js';

const same = (one: Judgement, other: Judgement) =>
  one.classification === other.classification && one.determination === other.determination;

const only = ({ classification, determination }: Judgement): Judgement => ({ classification, determination });

/** Judges the incident itself; its alerts follow when it is resolved. */
export const classify = (judgement: Judgement) => onIncident((incident) => classified(incident, judgement));

export const classified = ({ judgement: previous }: Incident, judgement: Judgement): IncidentEvent[] =>
  same(judgement, previous) ? [] : [{ type: 'IncidentClassified', data: { ...only(judgement), previous } }];

export const classifyAlert = (alertId: string, judgement: Judgement) =>
  onAlert(alertId, (alert) => alertClassified(alert, judgement));

export const alertClassified = (
  alert: Judgement & { readonly alertId: string },
  judgement: Judgement,
): IncidentEvent[] =>
  same(alert, judgement)
    ? []
    : [{ type: 'AlertClassified', data: { alertId: alert.alertId, ...only(judgement), previous: only(alert) } }];
