import type { Actor, RecordedEvent } from '#event-store';
import type { AlertStatus, AlertSummary, IncidentEvent, IncidentImported, Judgement, RoutingReason } from '#incidents';
import { incidentIdOf } from '../events-of.js';

/** One event of an incident, as its comments and history show it. */
export interface HistoryEntry {
  readonly revision: number;
  /** Decimal. */
  readonly position: string;
  readonly at: string;
  readonly actor: Actor;
  /** What one command did has one id, and stands together: a name that was found anew stands behind the alerts that came or left. */
  readonly commandId: string;
  readonly type: string;
  readonly kind: 'audit' | 'comment';
  /** Where the entry is about one alert. */
  readonly alertId?: string;
  /** Where it touched several, or may have. */
  readonly alertIds?: readonly string[];
  readonly changes: readonly Change[];
  readonly comment?: string;
  /** Of a comment that came along from elsewhere: who wrote it there, and when. Null: the source does not say. */
  readonly imported?: { readonly by: string | null; readonly at: string | null };
  /** Why an alert is here. */
  readonly reason?: RoutingReason;
  /** Why alerts were moved, or incidents merged. */
  readonly reasons?: readonly string[];
}

/** `property` is Graph's name; of the alerts where the entry names alerts and says so, else of the incident. */
export interface Change {
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
}

type Told = Pick<HistoryEntry, 'changes'> &
  Partial<Pick<HistoryEntry, 'kind' | 'alertId' | 'alertIds' | 'imported' | 'reason' | 'reasons'>> & {
    readonly comment?: string | null;
  };

/** Says what happened, from the event alone. */
export function historyEntry(event: RecordedEvent<IncidentEvent>): HistoryEntry {
  const { kind = 'audit', comment, ...told } = tell(event);
  return {
    revision: event.revision,
    position: String(event.position),
    at: event.metadata.at,
    actor: event.metadata.actor,
    commandId: event.metadata.$causationId,
    type: event.type,
    kind,
    ...told,
    ...(typeof comment === 'string' ? { comment } : {}),
  };
}

function tell(event: RecordedEvent<IncidentEvent>): Told {
  switch (event.type) {
    case 'IncidentOpened': {
      const { displayName, severity, description, customTags } = event.data;
      return {
        changes: [
          change('displayName', null, displayName),
          change('severity', null, severity),
          ...(description === null ? [] : [change('description', null, description)]),
          ...(customTags.length === 0 ? [] : [change('customTags', [], customTags)]),
        ],
      };
    }
    case 'IncidentImported':
      return { changes: cameWith.flatMap((name) => unlessUnset(name, event.data[name])) };
    case 'CommentImported': {
      const { comment, by, createdDateTime, alertId } = event.data;
      const imported = { by, at: createdDateTime };
      return { kind: 'comment', changes: [], comment, imported, ...(alertId !== null && { alertId }) };
    }
    case 'IncidentNamedAutomatically':
    case 'IncidentRenamed':
      return { changes: [change('displayName', event.data.previous, event.data.displayName)] };
    case 'IncidentAssigned':
      return {
        changes: [change('assignedTo', event.data.previous, event.data.assignedTo)],
        alertIds: event.data.alertIds,
      };
    case 'IncidentUnassigned':
      return { changes: [change('assignedTo', event.data.previous, null)], alertIds: event.data.alertIds };
    case 'InvestigationStarted':
      return { changes: [change('status', event.data.previous, 'inProgress')] };
    case 'IncidentResolved': {
      const { previous, comment, resolvedAlertIds, resolvedAndClassifiedAlertIds, classifiedAlertIds } = event.data;
      const alertIds = [...resolvedAlertIds, ...resolvedAndClassifiedAlertIds, ...classifiedAlertIds];
      return { changes: unlessSame('status', previous, 'resolved'), comment, alertIds };
    }
    case 'IncidentReopened': {
      const { new: unseen, inProgress } = event.data.reopenedAlerts;
      return { changes: [change('status', 'resolved', 'active')], alertIds: [...unseen, ...inProgress] };
    }
    case 'IncidentClassified':
      return { changes: judged(event.data.previous, event.data) };
    case 'IncidentSeverityChanged': {
      const { severity, previous, automatic, previousWasAutomatic } = event.data;
      return {
        changes: [
          ...unlessSame('severity', previous, severity),
          ...unlessSame('severityIsAutomatic', previousWasAutomatic, automatic),
        ],
      };
    }
    case 'IncidentTagged':
      return { changes: event.data.tags.map((tag) => change(tagsOf[event.data.kind], null, tag)) };
    case 'IncidentUntagged':
      return { changes: event.data.tags.map((tag) => change(tagsOf[event.data.kind], tag, null)) };
    case 'IncidentDescribed':
      return { changes: [change('description', event.data.previous, event.data.description)] };
    case 'IncidentCommented':
      return { kind: 'comment', changes: [], comment: event.data.comment };
    case 'IncidentMerged': {
      const { toIncidentId, previous, alertIds, comment, reasons } = event.data;
      const changes = [change('status', previous, 'redirected'), change('redirectIncidentId', null, toIncidentId)];
      return { alertIds, changes, comment, ...because(reasons) };
    }
    case 'IncidentAbsorbed': {
      const { fromIncidentId, comment, reasons } = event.data;
      return { changes: [change('mergedIncidentIds', null, fromIncidentId)], comment, ...because(reasons) };
    }
    case 'AlertAdded': {
      const { alert, reason, closedFrom } = event.data;
      const closed = closedFrom === undefined ? [] : [status(closedFrom, 'resolved')];
      return { alertId: alert.alertId, changes: [change('alerts', null, alert.title), ...closed], reason };
    }
    case 'AlertsTurnedAway':
      return { alertIds: event.data.alertIds, changes: [] };
    case 'AlertMovedOut': {
      const { alerts, toIncidentId, comment, reasons } = event.data;
      return moved(alerts, change('incidentId', incidentIdOf(event), toIncidentId), comment, reasons);
    }
    case 'AlertMovedIn': {
      const { alerts, fromIncidentId, comment, reasons } = event.data;
      return moved(alerts, change('incidentId', fromIncidentId, incidentIdOf(event)), comment, reasons);
    }
    case 'AlertAssigned':
      return ofAlert(event.data, change('assignedTo', event.data.previous, event.data.assignedTo));
    case 'AlertUnassigned':
      return ofAlert(event.data, change('assignedTo', event.data.previous, null));
    case 'AlertInvestigationStarted':
      return ofAlert(event.data, status(event.data.previous, 'inProgress'));
    case 'AlertResolved':
      return { ...ofAlert(event.data, status(event.data.previous, 'resolved')), comment: event.data.comment };
    case 'AlertReopened':
      return ofAlert(event.data, status(event.data.previous, 'new'));
    case 'AlertClassified':
      return ofAlert(event.data, ...judged(event.data.previous, event.data));
    case 'AlertCommented':
      return { ...ofAlert(event.data), kind: 'comment', comment: event.data.comment };
    case 'AlertUpdated': {
      const { alert, previous } = event.data;
      return {
        alertId: alert.alertId,
        changes: detected.flatMap((name) => unlessSame(name, previous[name], alert[name])),
      };
    }
    default:
      event satisfies never; // a type of a later Docket: that it happened is told, what it means is not known here
      return { changes: [] };
  }
}

const tagsOf = { custom: 'customTags', system: 'systemTags' } as const;

/** What an incident may bring along. */
const cameWith = [
  'displayName',
  'status',
  'severity',
  'classification',
  'determination',
  'assignedTo',
  'description',
  'resolvingComment',
  'customTags',
  'systemTags',
  'externalId',
  'externalSource',
  'externalUrl',
  'tenantId',
  'createdDateTime',
  'lastUpdateDateTime',
  'resolvedDateTime',
  'lastModifiedBy',
] as const satisfies readonly (keyof IncidentImported['data'])[];

/** What a product may report otherwise than before. */
const detected = [
  'title',
  'severity',
  'category',
  'serviceSource',
  'detectionSource',
  'assets',
] as const satisfies readonly (keyof AlertSummary)[];

const change = (property: string, from: unknown, to: unknown): Change => ({ property, from, to });

const unlessSame = (property: string, from: unknown, to: unknown): Change[] =>
  JSON.stringify(from) === JSON.stringify(to) ? [] : [change(property, from, to)];

const unlessUnset = (property: string, value: string | null | readonly string[]): Change[] =>
  value === null || value.length === 0 ? [] : [change(property, null, value)];

const status = (from: AlertStatus, to: AlertStatus): Change => change('status', from, to);

const judged = (from: Judgement, to: Judgement): Change[] => [
  ...unlessSame('classification', from.classification, to.classification),
  ...unlessSame('determination', from.determination, to.determination),
];

const ofAlert = ({ alertId }: { readonly alertId: string }, ...changes: Change[]): Told => ({ alertId, changes });

function moved(
  alerts: readonly AlertSummary[],
  where: Change,
  comment: string | null,
  reasons: readonly string[],
): Told {
  const alertIds = alerts.map(({ alertId }) => alertId);
  return { alertIds, changes: [where], comment, ...because(reasons) };
}

const because = (reasons: readonly string[]) => (reasons.length === 0 ? {} : { reasons });
