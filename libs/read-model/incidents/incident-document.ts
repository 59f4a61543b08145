import type { Classification, Determination, ImpactedAsset, IncidentStatus, Severity } from '#incidents';

/** An incident as the queue and the head of its page show it: one document, one row. Names are Graph's where Graph has one. */
export interface IncidentDocument {
  /** The incident's id, which is its number. */
  readonly _id: string;
  readonly number: number;
  /** Its id where it came from, whose ids these are, and its page there; null where it was opened here. */
  readonly externalId: string | null;
  readonly externalSource: string | null;
  readonly externalUrl: string | null;
  /** The incident that this one was merged into: its status is `redirected`, and it has no alerts. */
  redirectIncidentId: string | null;
  displayName: string;
  nameIsAutomatic: boolean;
  status: IncidentStatus;
  severity: Severity;
  severityIsAutomatic: boolean;
  classification: Classification | null;
  determination: Determination | null;
  assignedTo: string | null;
  description: string | null;
  resolvingComment: string | null;
  customTags: string[];
  systemTags: string[];
  /** ISO 8601, UTC, milliseconds, as all times here: their order as text is their order in time. Of an import, the source's. */
  readonly createdDateTime: string;
  /** Of the last visible change, to the incident or to one of its alerts; of an import, the source's until something happens here. */
  lastUpdateDateTime: string;
  resolvedDateTime: string | null;
  lastModifiedBy: string;
  alertCount: number;
  /** Alerts that are not resolved. */
  activeAlertCount: number;
  /** Comments on the incident and on its alerts. */
  commentCount: number;
  categories: string[];
  serviceSources: string[];
  detectionSources: string[];
  /** The first 20 in the order of their keys; all are in the collection `entities`. */
  impactedAssets: ImpactedAsset[];
  impactedAssetCount: number;
  /** How many alerts stand behind each value of the three lists above, in their order. */
  counts: Record<TalliedProperty, number[]>;
  /** Revision of the last event in the incident's stream that this document reflects: its ETag. */
  revision: number;
  /** Position of that event. */
  position: bigint;
}

export type TalliedProperty = 'categories' | 'serviceSources' | 'detectionSources';

/** What an incident looks like from outside: as JSON, without what only the queue's indexes need. */
export type PresentedIncident = Omit<IncidentDocument, '_id' | 'number' | 'counts' | 'position'> & {
  readonly id: string;
  /** Decimal. */
  readonly position: string;
};

export function presentIncident(document: IncidentDocument): PresentedIncident {
  return {
    id: document._id,
    externalId: document.externalId,
    externalSource: document.externalSource,
    externalUrl: document.externalUrl,
    redirectIncidentId: document.redirectIncidentId,
    displayName: document.displayName,
    nameIsAutomatic: document.nameIsAutomatic,
    status: document.status,
    severity: document.severity,
    severityIsAutomatic: document.severityIsAutomatic,
    classification: document.classification,
    determination: document.determination,
    assignedTo: document.assignedTo,
    description: document.description,
    resolvingComment: document.resolvingComment,
    customTags: document.customTags,
    systemTags: document.systemTags,
    createdDateTime: document.createdDateTime,
    lastUpdateDateTime: document.lastUpdateDateTime,
    resolvedDateTime: document.resolvedDateTime,
    lastModifiedBy: document.lastModifiedBy,
    alertCount: document.alertCount,
    activeAlertCount: document.activeAlertCount,
    commentCount: document.commentCount,
    categories: document.categories,
    serviceSources: document.serviceSources,
    detectionSources: document.detectionSources,
    impactedAssets: document.impactedAssets,
    impactedAssetCount: document.impactedAssetCount,
    revision: document.revision,
    position: String(document.position),
  };
}
