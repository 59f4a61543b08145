import { isUnreadable } from '#event-store';
import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { tally } from '../incidents/alert-tallies.js';
import { alertsComing } from '../incidents/alerts-coming.js';
import { assertReadable } from '../events-of.js';
import type { IncidentDocument, TalliedProperty } from '../incidents/incident-document.js';
import { projectIncident } from '../incidents/project-incident.js';
import { enter, leave } from '../incidents/sorted-tally.js';

/** What of an incident goes into the figures, under the names that it has in its row. */
export interface MeasuredIncident extends Pick<IncidentDocument, TalliedProperty | 'counts'> {
  /** The incident's id. */
  readonly _id: string;
  status: IncidentDocument['status'];
  severity: IncidentDocument['severity'];
  assignedTo: string | null;
  classification: IncidentDocument['classification'];
  readonly createdDateTime: string;
  resolvedDateTime: string | null;
  /** When it got its first owner; null also where it came along with one: since when, the source does not say. */
  firstAssignedDateTime: string | null;
  everAssigned: boolean;
  mergedDateTime: string | null;
  /** Of the last event that changed what is here. */
  position: bigint;
}

const measured = {
  IncidentOpened: true,
  IncidentImported: true,
  IncidentAssigned: true,
  IncidentUnassigned: true,
  InvestigationStarted: true,
  IncidentResolved: true,
  IncidentReopened: true,
  IncidentClassified: true,
  IncidentSeverityChanged: true,
  IncidentMerged: true,
  AlertAdded: true,
  AlertMovedIn: true,
  AlertMovedOut: true,
  AlertUpdated: true,
} as const satisfies Partial<Record<IncidentEvent['type'], true>>;

/** Comments, names, tags and the like change no figure, whether they can be read or not. */
export const isMeasured = (event: RecordedEvent): boolean =>
  Object.hasOwn(measured, isUnreadable(event) ? event.data.type : event.type);

/**
 * The incident after one more event of its stream that is measured: a function of the two. Changes the document that it is given. An event
 * that the document reflects already changes nothing. Throws where the event cannot be understood, or comes before the incident began.
 */
export function measure(incident: MeasuredIncident | undefined, event: RecordedEvent<IncidentEvent>): MeasuredIncident {
  if (!incident) return begun(event);
  if (event.position <= incident.position) return incident;
  assertReadable(event);
  apply(incident, event);
  incident.position = event.position;
  return incident;
}

/** The row that the incident begins with says all of it. */
function begun(event: RecordedEvent<IncidentEvent>): MeasuredIncident {
  const row = projectIncident(undefined, event);
  return {
    _id: row._id,
    status: row.status,
    severity: row.severity,
    assignedTo: row.assignedTo,
    classification: row.classification,
    createdDateTime: row.createdDateTime,
    resolvedDateTime: row.resolvedDateTime,
    firstAssignedDateTime: null,
    everAssigned: row.assignedTo !== null,
    mergedDateTime: null,
    categories: row.categories,
    serviceSources: row.serviceSources,
    detectionSources: row.detectionSources,
    counts: row.counts,
    position: row.position,
  };
}

function apply(incident: MeasuredIncident, event: RecordedEvent<IncidentEvent>): void {
  const { at } = event.metadata;
  switch (event.type) {
    case 'IncidentAssigned':
      incident.assignedTo = event.data.assignedTo;
      if (!incident.everAssigned) incident.firstAssignedDateTime = at;
      incident.everAssigned = true;
      return;
    case 'IncidentUnassigned':
      incident.assignedTo = null;
      return;
    case 'InvestigationStarted':
      incident.status = 'inProgress';
      return;
    case 'IncidentResolved':
      incident.status = 'resolved';
      if (event.data.previous !== 'resolved') incident.resolvedDateTime = at;
      return;
    case 'IncidentReopened':
      incident.status = 'active';
      incident.resolvedDateTime = null;
      return;
    case 'IncidentClassified':
      incident.classification = event.data.classification;
      return;
    case 'IncidentSeverityChanged':
      incident.severity = event.data.severity;
      return;
    case 'IncidentMerged':
      incident.status = 'redirected';
      incident.mergedDateTime = at;
      return;
    default: {
      const { coming, leaving } = alertsComing(event) ?? { coming: [], leaving: [] };
      for (const alert of leaving) tally(incident, alert, leave);
      for (const alert of coming) tally(incident, alert, enter);
    }
  }
}
