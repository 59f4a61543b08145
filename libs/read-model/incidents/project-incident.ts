import type { RecordedEvent } from '#event-store';
import { redirectedTag } from '#incidents';
import type { AlertSummary, IncidentEvent, IncidentImported, IncidentOpened } from '#incidents';
import { tally, withoutTallies } from './alert-tallies.js';
import { assertReadable } from '../events-of.js';
import type { IncidentDocument } from './incident-document.js';
import { enter, leave } from './sorted-tally.js';

/**
 * The incident after one more event of its stream, but for its impacted assets, which FoldedIncident adds: a function of the document and
 * the event, of nothing else. Changes the document that it is given. An event that the document reflects already changes nothing. Throws where the event cannot be understood.
 */
export function projectIncident(
  document: IncidentDocument | undefined,
  event: RecordedEvent<IncidentEvent>,
): IncidentDocument {
  if (document && event.position <= document.position) return document;
  assertReadable(event);
  const projected = document ?? begun(event);
  if (document) apply(document, event);
  if (!cameAlong(event)) {
    projected.lastUpdateDateTime = event.metadata.at;
    projected.lastModifiedBy = event.metadata.actor.name;
  }
  projected.revision = event.revision;
  projected.position = event.position;
  return projected;
}

/** What only repeats what was so elsewhere is no change here: the source's times stay. */
const cameAlong = (event: RecordedEvent<IncidentEvent>): boolean =>
  event.type === 'IncidentImported' ||
  event.type === 'CommentImported' ||
  (event.type === 'AlertAdded' && event.data.reason.rule === 'imported');

function begun(event: RecordedEvent<IncidentEvent>): IncidentDocument {
  if (event.type === 'IncidentOpened') return opened(event);
  if (event.type === 'IncidentImported') return imported(event);
  throw new Error(
    `Event ${event.revision} of ${event.stream} is ${event.type}, before the incident began: the log is incomplete`,
  );
}

function opened({ data, metadata, revision, position }: RecordedEvent<IncidentOpened>): IncidentDocument {
  return {
    _id: data.incidentId,
    number: Number(data.incidentId),
    externalId: null,
    externalSource: null,
    externalUrl: null,
    redirectIncidentId: null,
    displayName: data.displayName,
    nameIsAutomatic: data.nameIsAutomatic,
    status: 'active',
    severity: data.severity,
    severityIsAutomatic: data.severityIsAutomatic,
    classification: null,
    determination: null,
    assignedTo: null,
    description: data.description,
    resolvingComment: null,
    customTags: [...data.customTags],
    systemTags: [],
    createdDateTime: metadata.at,
    lastUpdateDateTime: metadata.at,
    resolvedDateTime: null,
    lastModifiedBy: metadata.actor.name,
    ...withoutAlerts(),
    revision,
    position,
  };
}

function imported({ data, metadata, revision, position }: RecordedEvent<IncidentImported>): IncidentDocument {
  const lastUpdateDateTime = utc(data.lastUpdateDateTime);
  return {
    _id: data.incidentId,
    number: Number(data.incidentId),
    externalId: data.externalId,
    externalSource: data.externalSource,
    externalUrl: data.externalUrl,
    redirectIncidentId: null,
    displayName: data.displayName,
    nameIsAutomatic: false,
    status: data.status,
    severity: data.severity,
    severityIsAutomatic: data.severityIsAutomatic,
    classification: data.classification,
    determination: data.determination,
    assignedTo: data.assignedTo,
    description: data.description,
    resolvingComment: data.resolvingComment,
    customTags: [...data.customTags],
    systemTags: [...data.systemTags],
    createdDateTime: utc(data.createdDateTime),
    lastUpdateDateTime,
    resolvedDateTime: data.status !== 'resolved' ? null : utc(data.resolvedDateTime ?? data.lastUpdateDateTime),
    lastModifiedBy: data.lastModifiedBy ?? metadata.actor.name,
    ...withoutAlerts(),
    revision,
    position,
  };
}

const withoutAlerts = () => ({
  alertCount: 0,
  activeAlertCount: 0,
  commentCount: 0,
  ...withoutTallies(),
  impactedAssets: [],
  impactedAssetCount: 0,
});

/** Times of a source have up to nine digits of fraction, and zones. */
const utc = (time: string): string => new Date(time).toISOString();

function apply(incident: IncidentDocument, event: RecordedEvent<IncidentEvent>): void {
  switch (event.type) {
    case 'IncidentOpened':
    case 'IncidentImported':
      return; // the incident is there already
    case 'IncidentNamedAutomatically':
      incident.displayName = event.data.displayName;
      return;
    case 'IncidentRenamed':
      incident.displayName = event.data.displayName;
      incident.nameIsAutomatic = false;
      return;
    case 'IncidentAssigned':
      incident.assignedTo = event.data.assignedTo;
      return;
    case 'IncidentUnassigned':
      incident.assignedTo = null;
      return;
    case 'InvestigationStarted':
      incident.status = 'inProgress';
      return;
    case 'IncidentResolved':
      incident.status = 'resolved';
      incident.resolvingComment = event.data.comment;
      // A resolve of what is resolved only says more about it.
      if (event.data.previous !== 'resolved') incident.resolvedDateTime = event.metadata.at;
      incident.activeAlertCount -= event.data.resolvedAlertIds.length + event.data.resolvedAndClassifiedAlertIds.length;
      return;
    case 'IncidentReopened': {
      const { new: unseen, inProgress } = event.data.reopenedAlerts;
      incident.status = 'active';
      incident.resolvedDateTime = null;
      incident.activeAlertCount += unseen.length + inProgress.length;
      return;
    }
    case 'IncidentClassified':
      incident.classification = event.data.classification;
      incident.determination = event.data.determination;
      return;
    case 'IncidentSeverityChanged':
      incident.severity = event.data.severity;
      incident.severityIsAutomatic = event.data.automatic;
      return;
    case 'IncidentTagged':
      incident[tagsOf[event.data.kind]].push(...event.data.tags);
      return;
    case 'IncidentUntagged': {
      const property = tagsOf[event.data.kind];
      incident[property] = incident[property].filter((tag) => !event.data.tags.includes(tag));
      return;
    }
    case 'IncidentDescribed':
      incident.description = event.data.description;
      return;
    case 'IncidentMerged':
      Object.assign(incident, withoutAlerts(), { commentCount: incident.commentCount });
      incident.status = 'redirected';
      incident.redirectIncidentId = event.data.toIncidentId;
      incident.systemTags.push(redirectedTag);
      return;
    case 'IncidentCommented':
    case 'AlertCommented':
    case 'CommentImported':
      incident.commentCount += 1;
      return;
    case 'AlertAdded':
      arrive(incident, event.data.alert);
      return;
    case 'AlertMovedIn':
      for (const alert of event.data.alerts) arrive(incident, alert);
      incident.activeAlertCount -= event.data.resolvedAlertIds.length;
      return;
    case 'AlertMovedOut':
      for (const alert of event.data.alerts) depart(incident, alert);
      return;
    case 'AlertUpdated':
      depart(incident, event.data.previous);
      arrive(incident, event.data.alert);
      return;
    case 'AlertResolved':
      if (event.data.previous !== 'resolved') incident.activeAlertCount -= 1;
      return;
    case 'AlertReopened':
    case 'AlertInvestigationStarted':
      if (event.data.previous === 'resolved') incident.activeAlertCount += 1;
      return;
    case 'AlertAssigned':
    case 'AlertUnassigned':
    case 'AlertClassified':
    case 'AlertsTurnedAway':
    case 'IncidentAbsorbed':
      return; // shown at the alert, and in the history
    default:
      event satisfies never; // a type of a later Docket: no part of the document speaks of it
  }
}

const tagsOf = { custom: 'customTags', system: 'systemTags' } as const;

function arrive(incident: IncidentDocument, alert: AlertSummary): void {
  incident.alertCount += 1;
  if (alert.status !== 'resolved') incident.activeAlertCount += 1;
  tally(incident, alert, enter);
}

function depart(incident: IncidentDocument, alert: AlertSummary): void {
  incident.alertCount -= 1;
  if (alert.status !== 'resolved') incident.activeAlertCount -= 1;
  tally(incident, alert, leave);
}
