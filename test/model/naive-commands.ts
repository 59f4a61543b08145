import { eachAlert, highest } from './naive-incident.js';
import type { NaiveAlert, NaiveIncident } from './naive-incident.js';

/** A command as it was sent, `on` an incident, or on an alert that is in it. */
export interface NaiveCommand {
  readonly alertId?: string;
  /** The last part of the path. */
  readonly name: string;
  readonly body: any;
  readonly caller: string;
}

export type Refused = { readonly refused: string };

/** What the incident is after the command, or why it is refused. */
export function carriedOut(
  incident: NaiveIncident,
  { alertId, name, body, caller }: NaiveCommand,
): NaiveIncident | Refused {
  if (incident.redirectIncidentId !== null) return { refused: 'incident-redirected' };
  if (alertId === undefined) return onIncident(incident, name, body, caller);
  const alert = incident.alerts.get(alertId);
  if (!alert) return { refused: 'unknown-alert' };
  const changed = onAlert(alert, incident, name, body, caller);
  return 'refused' in changed ? changed : { ...incident, alerts: new Map(incident.alerts).set(alertId, changed) };
}

function onIncident(incident: NaiveIncident, name: string, body: any, caller: string): NaiveIncident | Refused {
  switch (name) {
    case 'assign': {
      if (takesAway(incident, body, caller)) return { refused: 'already-assigned' };
      const assignedTo = ownerIn(body, caller);
      return { ...incident, assignedTo, alerts: eachAlert(incident.alerts, () => ({ assignedTo })) };
    }
    case 'unassign': {
      const alerts = eachAlert(incident.alerts, ({ assignedTo }) => ({
        assignedTo: assignedTo === incident.assignedTo ? null : assignedTo,
      }));
      return { ...incident, assignedTo: null, alerts };
    }
    case 'start':
      return { ...reopened(incident), status: 'inProgress' };
    case 'reopen':
      return reopened(incident);
    case 'resolve':
      return resolved({ ...incident, ...judgementIn(body, incident) });
    case 'classify':
      return { ...incident, ...judgementIn(body, incident) };
    case 'rename':
      return { ...incident, displayName: body.displayName, nameIsAutomatic: false };
    case 'severity': {
      const alerts = [...incident.alerts.values()];
      if (body.severity !== 'automatic') return { ...incident, severity: body.severity, severityIsAutomatic: false };
      return {
        ...incident,
        severity: alerts.length > 0 ? highest(alerts) : incident.severity,
        severityIsAutomatic: true,
      };
    }
    case 'tags':
      return { ...incident, customTags: tagsAfter(incident.customTags, body) };
    case 'comments':
      return incident;
    default:
      throw new Error(`The model knows no command ${name}`);
  }
}

function onAlert(
  alert: NaiveAlert,
  incident: NaiveIncident,
  name: string,
  body: any,
  caller: string,
): NaiveAlert | Refused {
  const isClosed = alert.status === 'resolved';
  switch (name) {
    case 'assign':
      return takesAway(alert, body, caller)
        ? { refused: 'already-assigned' }
        : { ...alert, assignedTo: ownerIn(body, caller) };
    case 'unassign':
      return { ...alert, assignedTo: null };
    case 'start':
      if (incident.status === 'resolved') return { refused: 'incident-resolved' };
      return { ...alert, status: 'inProgress' };
    case 'reopen':
      if (incident.status === 'resolved') return { refused: 'incident-resolved' };
      return isClosed ? { ...alert, status: 'new' } : alert;
    case 'resolve':
      return { ...alert, ...judgementIn(body, alert), status: 'resolved' };
    case 'classify':
      return { ...alert, ...judgementIn(body, alert) };
    case 'comments':
      return alert;
    default:
      throw new Error(`The model knows no command ${name} on alerts`);
  }
}

type Judged = Pick<NaiveIncident, 'classification' | 'determination'>;

/** A resolve that says nothing of it leaves it as it is. */
const judgementIn = ({ classification, determination = null }: any, before: Judged): Judged =>
  classification === undefined
    ? { classification: before.classification, determination: before.determination }
    : { classification, determination };

const takesAway = ({ assignedTo }: { readonly assignedTo: string | null }, body: any, caller: string): boolean =>
  body.assignedTo === 'me' && assignedTo !== null && assignedTo !== caller;

const ownerIn = (body: any, caller: string): string => (body.assignedTo === 'me' ? caller : body.assignedTo);

function resolved(incident: NaiveIncident): NaiveIncident {
  const { classification, determination } = incident;
  const alerts = eachAlert(incident.alerts, (alert) => ({
    ...(alert.status !== 'resolved' && { status: 'resolved', closedFrom: alert.status }),
    ...(alert.classification === null && classification !== null && { classification, determination }),
  }));
  return { ...incident, status: 'resolved', alerts };
}

function reopened(incident: NaiveIncident): NaiveIncident {
  if (incident.status !== 'resolved') return incident;
  const alerts = eachAlert(incident.alerts, ({ status, closedFrom }) => ({
    status: closedFrom ?? status,
    closedFrom: undefined,
  }));
  return { ...incident, status: 'active', alerts };
}

/** Added ones behind those that stay; of two spellings the first; what is added and removed is added. */
export function tagsAfter(before: readonly string[], { add = [], remove = [] }: any): string[] {
  const isIn = (tags: readonly string[], tag: string) => tags.some((each) => each.toLowerCase() === tag.toLowerCase());
  const after = before.filter((tag) => !isIn(remove, tag) || isIn(add, tag));
  for (const tag of add) if (!isIn(after, tag)) after.push(tag);
  return after;
}
