import { onIncident } from '../decision.js';
import { onAlert } from './on-alert.js';

/** `to`: whom. `me` stands for the caller, who takes what nobody has; naming an owner takes it away from another one. */
export type Assignment = { readonly to: string; readonly caller: string };

function ownerOf(
  { to, caller }: Assignment,
  present: string | null,
): { owner: string } | { refused: 'already-assigned'; assignedTo: string } {
  if (to !== 'me') return { owner: to };
  return present === null || present === caller
    ? { owner: caller }
    : { refused: 'already-assigned', assignedTo: present };
}

/** Takes the incident and all its alerts. */
export const assign = (assignment: Assignment) =>
  onIncident((incident) => {
    const taken = ownerOf(assignment, incident.assignedTo);
    if ('refused' in taken) return taken;
    const alertIds: string[] = [];
    for (const alert of incident.alerts.values()) if (alert.assignedTo !== taken.owner) alertIds.push(alert.alertId);
    if (incident.assignedTo === taken.owner && alertIds.length === 0) return [];
    return [{ type: 'IncidentAssigned', data: { assignedTo: taken.owner, previous: incident.assignedTo, alertIds } }];
  });

/** Clears the incident, and those alerts that have the same owner. */
export const unassign = () =>
  onIncident((incident) => {
    const previous = incident.assignedTo;
    if (previous === null) return [];
    const alertIds: string[] = [];
    for (const alert of incident.alerts.values()) if (alert.assignedTo === previous) alertIds.push(alert.alertId);
    return [{ type: 'IncidentUnassigned', data: { previous, alertIds } }];
  });

export const assignAlert = (alertId: string, assignment: Assignment) =>
  onAlert(alertId, ({ assignedTo: previous }) => {
    const taken = ownerOf(assignment, previous);
    if ('refused' in taken) return taken;
    return taken.owner === previous
      ? []
      : [{ type: 'AlertAssigned', data: { alertId, assignedTo: taken.owner, previous } }];
  });

export const unassignAlert = (alertId: string) =>
  onAlert(alertId, ({ assignedTo: previous }) =>
    previous === null ? [] : [{ type: 'AlertUnassigned', data: { alertId, previous } }],
  );
