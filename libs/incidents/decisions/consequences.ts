import { automaticName } from '../automatic-name.js';
import type { IncidentEvent } from '../events.js';
import type { Incident } from '../incident.js';
import type { Change, Profile } from '../profile.js';
import { highest } from './severity.js';

/** The system's tag on an incident that all alerts have left. */
export const emptyTag = 'Empty';

/** What follows for name, severity and tags where alerts come, go or change. An incident that is left empty keeps its name and severity. */
export function consequences(incident: Incident, change: Change): IncidentEvent[] {
  const profile = incident.profile.after(change);
  const events = tagsAfter(incident, profile);

  const severity = highest(profile);
  if (incident.severityIsAutomatic && severity !== undefined && severity !== incident.severity)
    events.push({
      type: 'IncidentSeverityChanged',
      data: { severity, previous: incident.severity, automatic: true, previousWasAutomatic: true },
    });

  const displayName = automaticName(profile);
  if (incident.nameIsAutomatic && displayName !== undefined && displayName !== incident.displayName)
    events.push({ type: 'IncidentNamedAutomatically', data: { displayName, previous: incident.displayName } });

  return events;
}

/** What follows for the system's tags alone. */
export function tagsAfter({ systemTags }: Incident, { alerts }: Profile): IncidentEvent[] {
  const tagged = systemTags.includes(emptyTag);
  if (alerts === 0 && !tagged) return [{ type: 'IncidentTagged', data: { kind: 'system', tags: [emptyTag] } }];
  if (alerts > 0 && tagged) return [{ type: 'IncidentUntagged', data: { kind: 'system', tags: [emptyTag] } }];
  return [];
}
