import type { RecordedEvent } from '#event-store';
import { summarise } from '#incidents';
import type { AlertEvent, AlertReport, AlertStatus, IncidentEvent, Judgement } from '#incidents';
import type { AlertDocument } from './alert-document.js';
import { incidentIdOf } from '../events-of.js';

/** What can change in an alert once it is reported. */
type Changeable = Omit<AlertDocument, '_id' | 'reportedPosition' | 'position' | 'commentCount'>;

/** The same values for all of `alertIds`. Absolute, but for `comments`, by which the count rises. */
export interface AlertChange {
  readonly alertIds: readonly string[];
  readonly set: Partial<Changeable>;
  readonly comments?: number;
}

/** The document that a report makes. */
export function reportedAlert({
  data,
  position,
}: RecordedEvent<Extract<AlertEvent, { type: 'AlertReported' }>>): AlertDocument {
  const { report } = data;
  const { resolvedDateTime } = report.other;
  return {
    _id: report.id,
    incidentId: null,
    departedFrom: null,
    status: report.status,
    assignedTo: report.assignedTo,
    classification: report.classification,
    determination: report.determination,
    resolvedDateTime: report.status === 'resolved' && typeof resolvedDateTime === 'string' ? resolvedDateTime : null,
    lastUpdateDateTime: report.lastUpdateDateTime,
    commentCount: 0,
    ...detection(report),
    reportedPosition: position,
    position,
  };
}

/** What the product says, and goes on saying when it reports anew. */
function detection(report: AlertReport) {
  return {
    title: report.title,
    severity: report.severity,
    category: report.category,
    serviceSource: report.serviceSource,
    detectionSource: report.detectionSource,
    createdDateTime: report.createdDateTime,
    entityKeys: summarise(report, 0).entityKeys,
    reportText: JSON.stringify({ evidence: report.evidence, other: report.other }),
  } satisfies Partial<Changeable>;
}

/**
 * What an event changes in alerts that are reported already: a function of the event alone. No alert is in two of the changes. In a
 * cascade the event lists the alerts.
 */
export function alertChanges(
  event: RecordedEvent<IncidentEvent | Extract<AlertEvent, { type: 'AlertReportUpdated' }>>,
): AlertChange[] {
  const at = event.metadata.at;
  return changesOf(event)
    .filter(({ alertIds }) => alertIds.length > 0)
    .map((change) => (cameAlong(event) ? change : { ...change, set: { ...change.set, lastUpdateDateTime: at } }));
}

/** What only repeats what was so elsewhere is no change here: the times of the source stay. */
function cameAlong(event: Parameters<typeof alertChanges>[0]): boolean {
  if (event.type === 'AlertAdded') return event.data.reason.rule === 'imported' && !event.data.closedFrom;
  return event.type === 'CommentImported';
}

function changesOf(
  event: RecordedEvent<IncidentEvent | Extract<AlertEvent, { type: 'AlertReportUpdated' }>>,
): AlertChange[] {
  const at = event.metadata.at;
  switch (event.type) {
    case 'AlertReportUpdated':
      return [{ alertIds: [event.data.report.id], set: detection(event.data.report) }];
    case 'AlertAdded': {
      const { alertId, status, assignedTo, classification, determination } = event.data.alert;
      const place = { incidentId: incidentIdOf(event), assignedTo, classification, determination };
      return [{ alertIds: [alertId], set: { ...place, ...(event.data.closedFrom ? resolved(at) : { status }) } }];
    }
    case 'AlertMovedOut':
      return [
        {
          alertIds: idsOf(event.data.alerts),
          set: { incidentId: event.data.toIncidentId, departedFrom: incidentIdOf(event) },
        },
      ];
    case 'AlertMovedIn': {
      const { alerts, resolvedAlertIds } = event.data;
      const closed = new Set(resolvedAlertIds);
      const owners = new Set(alerts.map(({ assignedTo }) => assignedTo));
      return [...owners].flatMap((assignedTo) => {
        const ids = idsOf(alerts.filter((alert) => alert.assignedTo === assignedTo));
        const arrived = { incidentId: incidentIdOf(event), departedFrom: null, assignedTo };
        return [
          { alertIds: ids.filter((id) => !closed.has(id)), set: arrived },
          { alertIds: ids.filter((id) => closed.has(id)), set: { ...arrived, ...resolved(at) } },
        ];
      });
    }
    case 'IncidentMerged': {
      const { alertIds, toIncidentId } = event.data;
      return [{ alertIds, set: { incidentId: toIncidentId, departedFrom: incidentIdOf(event) } }];
    }
    case 'IncidentAssigned':
      return [{ alertIds: event.data.alertIds, set: { assignedTo: event.data.assignedTo } }];
    case 'IncidentUnassigned':
      return [{ alertIds: event.data.alertIds, set: { assignedTo: null } }];
    case 'IncidentResolved': {
      const { resolvedAlertIds, resolvedAndClassifiedAlertIds, classifiedAlertIds, judgement } = event.data;
      return [
        { alertIds: resolvedAlertIds, set: resolved(at) },
        { alertIds: resolvedAndClassifiedAlertIds, set: { ...resolved(at), ...judge(judgement) } },
        { alertIds: classifiedAlertIds, set: judge(judgement) },
      ];
    }
    case 'IncidentReopened':
      return [
        { alertIds: event.data.reopenedAlerts.new, set: open('new') },
        { alertIds: event.data.reopenedAlerts.inProgress, set: open('inProgress') },
      ];
    case 'AlertAssigned':
      return [{ alertIds: [event.data.alertId], set: { assignedTo: event.data.assignedTo } }];
    case 'AlertUnassigned':
      return [{ alertIds: [event.data.alertId], set: { assignedTo: null } }];
    case 'AlertInvestigationStarted':
      return [{ alertIds: [event.data.alertId], set: open('inProgress') }];
    case 'AlertReopened':
      return [{ alertIds: [event.data.alertId], set: open('new') }];
    case 'AlertResolved':
      return [{ alertIds: [event.data.alertId], set: resolved(at) }];
    case 'AlertClassified':
      return [{ alertIds: [event.data.alertId], set: judge(event.data) }];
    case 'AlertCommented':
      return [{ alertIds: [event.data.alertId], set: {}, comments: 1 }];
    case 'CommentImported':
      return [{ alertIds: event.data.alertId === null ? [] : [event.data.alertId], set: {}, comments: 1 }];
    case 'AlertUpdated': // what changed stands in AlertReportUpdated, with the evidence
    case 'IncidentOpened':
    case 'IncidentImported':
    case 'IncidentNamedAutomatically':
    case 'IncidentRenamed':
    case 'InvestigationStarted':
    case 'IncidentClassified':
    case 'IncidentSeverityChanged':
    case 'IncidentTagged':
    case 'IncidentUntagged':
    case 'IncidentDescribed':
    case 'IncidentCommented':
    case 'IncidentAbsorbed':
    case 'AlertsTurnedAway':
      return [];
    default:
      event satisfies never; // a type of a later Docket
      return [];
  }
}

const idsOf = (alerts: readonly { readonly alertId: string }[]): string[] => alerts.map(({ alertId }) => alertId);
const resolved = (at: string) => ({ status: 'resolved' as const, resolvedDateTime: at });
const open = (status: AlertStatus) => ({ status, resolvedDateTime: null });
const judge = ({ classification, determination }: Judgement) => ({ classification, determination });
