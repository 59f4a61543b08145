import type { AlertSummary } from '../alert-report.js';
import { automaticName } from '../automatic-name.js';
import type { Decision } from '../decision.js';
import type { IncidentOpened, Opening } from '../events.js';
import type { Incident } from '../incident.js';
import { AlertProfile } from '../profile.js';
import { highest } from './severity.js';
import { distinctTags } from './tags.js';

/** An incident that is there already was opened by the same plan, for numbers are given once. */
export const openByHand =
  (incidentId: string, { displayName, severity, description, customTags }: Opening) =>
  (incident: Incident | undefined): Decision =>
    incident
      ? []
      : [
          {
            type: 'IncidentOpened',
            data: {
              incidentId,
              displayName: displayName ?? `Incident ${incidentId}`,
              nameIsAutomatic: displayName === null,
              severity: severity ?? 'unknown',
              severityIsAutomatic: severity === null,
              description,
              customTags: distinctTags(customTags),
              origin: 'byHand',
            },
          },
        ];

/** Opens an incident for alerts, named after them and as severe as the worst of them. */
export function openedFor(
  incidentId: string,
  alerts: readonly AlertSummary[],
  origin: 'correlation' | 'move',
): IncidentOpened {
  const profile = new AlertProfile().after({ coming: alerts });
  return {
    type: 'IncidentOpened',
    data: {
      incidentId,
      displayName: automaticName(profile) ?? `Incident ${incidentId}`,
      nameIsAutomatic: true,
      severity: highest(profile) ?? 'unknown',
      severityIsAutomatic: true,
      description: null,
      customTags: [],
      origin,
    },
  };
}
