import type { AlertSummary } from './alert-report.js';
import type { IncidentEvent, IncidentImported, IncidentOpened } from './events.js';
import { AlertProfile } from './profile.js';
import type { Judgement, OpenAlertStatus, Severity, WorkStatus } from './vocabulary.js';
import { unjudged } from './vocabulary.js';

/** An incident as its own stream tells it: what the decisions need, no more. */
export interface Incident {
  readonly incidentId: string;
  displayName: string;
  nameIsAutomatic: boolean;
  /** It was worked on elsewhere before. */
  readonly isImported: boolean;
  /** Of one that was merged: what it was until then. */
  status: WorkStatus;
  severity: Severity;
  severityIsAutomatic: boolean;
  judgement: Judgement;
  assignedTo: string | null;
  description: string | null;
  resolvingComment: string | null;
  customTags: readonly string[];
  systemTags: readonly string[];
  alerts: Map<string, AlertSummary>;
  /** The revision at which each of them came: a move that was planned before leaves it alone. */
  readonly cameAt: Map<string, number>;
  /** The alerts that are closed because the incident was resolved, and what they were before. */
  readonly closedByResolve: Map<string, OpenAlertStatus>;
  /** Where the alerts went that were moved away and have not come back. */
  readonly departed: Map<string, Departure>;
  /** Where the alerts came from that were moved here, also of those that have left again: their commands are remembered there. */
  readonly cameFrom: Map<string, Set<string>>;
  /** Transfers that have arrived: an arrival is written once. */
  readonly arrived: Set<string>;
  /** Merges, by their transfers, that this incident knows to be the target of. */
  readonly absorbed: Set<string>;
  /** Where it went, if it was merged: such an incident never changes again. */
  redirect: Redirect | undefined;
  /** The comments that came along from elsewhere, by their content hashes: each is written once. */
  readonly importedComments: Set<string>;
  profile: AlertProfile;
}

/** `revision` is that of the `AlertMovedOut`, whose event id is `transferId`. */
export type Departure = { readonly toIncidentId: string; readonly transferId: string; readonly revision: number };

/** `revision` is that of the `IncidentMerged`, whose event id is `transferId`. `alerts`: as they were when they left. */
export type Redirect = {
  readonly toIncidentId: string;
  readonly transferId: string;
  readonly revision: number;
  readonly alerts: ReadonlyMap<string, AlertSummary>;
};

/** The system's tag on an incident that was merged into another one. */
export const redirectedTag = 'Redirected';

/** An event with its place in the stream. */
export type Placed<E> = E & { readonly id: string; readonly revision: number };

function opened(data: IncidentOpened['data']): Incident {
  return {
    incidentId: data.incidentId,
    displayName: data.displayName,
    nameIsAutomatic: data.nameIsAutomatic,
    isImported: false,
    status: 'active',
    severity: data.severity,
    severityIsAutomatic: data.severityIsAutomatic,
    judgement: unjudged,
    assignedTo: null,
    description: data.description,
    resolvingComment: null,
    customTags: data.customTags,
    systemTags: [],
    ...withoutAlerts(),
  };
}

function imported(data: IncidentImported['data']): Incident {
  return {
    incidentId: data.incidentId,
    displayName: data.displayName,
    nameIsAutomatic: false,
    isImported: true,
    status: data.status,
    severity: data.severity,
    severityIsAutomatic: data.severityIsAutomatic,
    judgement: { classification: data.classification, determination: data.determination },
    assignedTo: data.assignedTo,
    description: data.description,
    resolvingComment: data.resolvingComment,
    customTags: data.customTags,
    systemTags: data.systemTags,
    ...withoutAlerts(),
  };
}

const withoutAlerts = () => ({
  alerts: new Map<string, AlertSummary>(),
  cameAt: new Map<string, number>(),
  closedByResolve: new Map<string, OpenAlertStatus>(),
  departed: new Map<string, Departure>(),
  cameFrom: new Map<string, Set<string>>(),
  arrived: new Set<string>(),
  absorbed: new Set<string>(),
  redirect: undefined,
  importedComments: new Set<string>(),
  profile: new AlertProfile(),
});

/** Changes the state that it is given: copying ten thousand alerts for each event would cost seconds. */
export function evolve(state: Incident | undefined, event: Placed<IncidentEvent>): Incident {
  if (event.type === 'IncidentOpened') return opened(event.data);
  if (event.type === 'IncidentImported') return imported(event.data);
  if (!state) throw new Error(`${event.type} before IncidentOpened: the stream does not begin with its beginning`);
  apply(state, event);
  return state;
}

function apply(incident: Incident, event: Placed<Exclude<IncidentEvent, IncidentOpened | IncidentImported>>): void {
  switch (event.type) {
    case 'IncidentNamedAutomatically':
      incident.displayName = event.data.displayName;
      return;
    case 'IncidentRenamed':
      incident.displayName = event.data.displayName;
      incident.nameIsAutomatic = false;
      return;
    case 'IncidentAssigned':
      incident.assignedTo = event.data.assignedTo;
      for (const alertId of event.data.alertIds) change(incident, alertId, { assignedTo: event.data.assignedTo });
      return;
    case 'IncidentUnassigned':
      incident.assignedTo = null;
      for (const alertId of event.data.alertIds) change(incident, alertId, { assignedTo: null });
      return;
    case 'InvestigationStarted':
      incident.status = 'inProgress';
      return;
    case 'IncidentResolved':
      incident.status = 'resolved';
      incident.resolvingComment = event.data.comment;
      close(incident, event.data.resolvedAlertIds);
      close(incident, event.data.resolvedAndClassifiedAlertIds);
      for (const alertIds of [event.data.resolvedAndClassifiedAlertIds, event.data.classifiedAlertIds])
        for (const alertId of alertIds) change(incident, alertId, event.data.judgement);
      return;
    case 'IncidentReopened':
      incident.status = 'active';
      for (const status of ['new', 'inProgress'] as const)
        for (const alertId of event.data.reopenedAlerts[status]) change(incident, alertId, { status });
      incident.closedByResolve.clear();
      return;
    case 'IncidentClassified':
      incident.judgement = { classification: event.data.classification, determination: event.data.determination };
      return;
    case 'IncidentSeverityChanged':
      incident.severity = event.data.severity;
      incident.severityIsAutomatic = event.data.automatic;
      return;
    case 'IncidentTagged':
      if (event.data.kind === 'custom') incident.customTags = [...incident.customTags, ...event.data.tags];
      else incident.systemTags = [...incident.systemTags, ...event.data.tags];
      return;
    case 'IncidentUntagged': {
      const kept = (tag: string) => !event.data.tags.includes(tag);
      if (event.data.kind === 'custom') incident.customTags = incident.customTags.filter(kept);
      else incident.systemTags = incident.systemTags.filter(kept);
      return;
    }
    case 'IncidentDescribed':
      incident.description = event.data.description;
      return;
    case 'AlertAdded':
      arrive(incident, event.data.alert, event.revision);
      if (event.data.closedFrom) incident.closedByResolve.set(event.data.alert.alertId, event.data.closedFrom);
      return;
    case 'CommentImported':
      incident.importedComments.add(event.data.contentHash);
      return;
    case 'IncidentMerged':
      incident.redirect = {
        toIncidentId: event.data.toIncidentId,
        transferId: event.id,
        revision: event.revision,
        alerts: incident.alerts,
      };
      incident.systemTags = [...incident.systemTags, redirectedTag];
      incident.alerts = new Map();
      incident.cameAt.clear();
      incident.profile = new AlertProfile();
      incident.closedByResolve.clear();
      return;
    case 'IncidentAbsorbed':
      incident.absorbed.add(event.data.transferId);
      return;
    case 'AlertMovedOut':
      for (const { alertId } of event.data.alerts) {
        depart(incident, alertId);
        incident.departed.set(alertId, {
          toIncidentId: event.data.toIncidentId,
          transferId: event.id,
          revision: event.revision,
        });
      }
      return;
    case 'AlertMovedIn':
      incident.arrived.add(event.data.transferId);
      for (const alert of event.data.alerts) {
        arrive(incident, alert, event.revision);
        const before = incident.cameFrom.get(alert.alertId) ?? new Set();
        incident.cameFrom.set(alert.alertId, before.add(event.data.fromIncidentId));
      }
      close(incident, event.data.resolvedAlertIds);
      return;
    case 'AlertAssigned':
      change(incident, event.data.alertId, { assignedTo: event.data.assignedTo });
      return;
    case 'AlertUnassigned':
      change(incident, event.data.alertId, { assignedTo: null });
      return;
    case 'AlertInvestigationStarted':
      change(incident, event.data.alertId, { status: 'inProgress' });
      return;
    case 'AlertResolved':
      change(incident, event.data.alertId, { status: 'resolved' });
      return;
    case 'AlertReopened':
      change(incident, event.data.alertId, { status: 'new' });
      return;
    case 'AlertClassified':
      change(incident, event.data.alertId, {
        classification: event.data.classification,
        determination: event.data.determination,
      });
      return;
    case 'AlertUpdated':
      incident.profile.remove(event.data.previous);
      incident.profile.add(event.data.alert);
      incident.alerts.set(event.data.alert.alertId, event.data.alert);
      return;
    case 'AlertsTurnedAway':
    case 'IncidentCommented':
    case 'AlertCommented':
      return; // history: no decision depends on it
  }
}

function arrive(incident: Incident, alert: AlertSummary, revision: number): void {
  incident.alerts.set(alert.alertId, alert);
  incident.cameAt.set(alert.alertId, revision);
  incident.departed.delete(alert.alertId);
  incident.profile.add(alert);
}

function depart(incident: Incident, alertId: string): void {
  const alert = incident.alerts.get(alertId);
  if (!alert) return;
  incident.alerts.delete(alertId);
  incident.cameAt.delete(alertId);
  incident.closedByResolve.delete(alertId);
  incident.profile.remove(alert);
}

function close(incident: Incident, alertIds: readonly string[]): void {
  for (const alertId of alertIds) {
    const before = incident.alerts.get(alertId)?.status;
    if (before === undefined || before === 'resolved') continue;
    incident.closedByResolve.set(alertId, before);
    change(incident, alertId, { status: 'resolved' });
  }
}

/** Status, owner and judgement only: what the profile counts stays the same. */
function change(
  incident: Incident,
  alertId: string,
  to: Partial<Pick<AlertSummary, 'status' | 'assignedTo' | keyof Judgement>>,
): void {
  const alert = incident.alerts.get(alertId);
  if (!alert) return;
  incident.alerts.set(alertId, { ...alert, ...to });
}

/** For a runner that folds streams. */
export const incidentDecider = { initial: (): Incident | undefined => undefined, evolve };
