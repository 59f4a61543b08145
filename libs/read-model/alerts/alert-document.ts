import type { AlertReport, AlertStatus, Classification, Determination, Severity } from '#incidents';

/** An alert, from its report on. Detection is the product's; status, owner, judgement and incident are Docket's. */
export interface AlertDocument {
  /** The alert's id. */
  readonly _id: string;
  /** Null until it is routed. */
  incidentId: string | null;
  /** The incident that it has left, as long as its arrival in `incidentId` is not in the log: there the search for it begins. */
  departedFrom: string | null;
  status: AlertStatus;
  assignedTo: string | null;
  classification: Classification | null;
  determination: Determination | null;
  resolvedDateTime: string | null;
  /** As it was reported at first; afterwards the time of the last change, in whichever way. */
  lastUpdateDateTime: string;
  commentCount: number;
  title: string;
  severity: Severity;
  category: string | null;
  serviceSource: string | null;
  detectionSource: string | null;
  createdDateTime: string;
  entityKeys: readonly string[];
  /**
   * `{evidence, other}` of the report as JSON text. A report is an open document: BSON cannot hold every name that JSON can, nor any
   * depth, and nothing that a product sends may stop a projection.
   */
  reportText: string;
  /** Position of the report: alerts are listed in the order in which they came. */
  readonly reportedPosition: bigint;
  /**
   * The parked stream, an incident's or its own, that says more of it than stands here: it is not to be shown. Where it is, is followed
   * nevertheless, so that the list that it belongs to can name it.
   */
  parkedWith?: string;
  /** Position of the last event that this document reflects, of the alert's stream or of an incident's. */
  position: bigint;
}

/** The alert as Graph's `alert`, with everything else that its report held. */
export interface PresentedAlert {
  readonly id: string;
  readonly incidentId: string | null;
  readonly title: string;
  readonly severity: Severity;
  readonly status: AlertStatus;
  readonly category: string | null;
  readonly serviceSource: string | null;
  readonly detectionSource: string | null;
  readonly assignedTo: string | null;
  readonly classification: Classification | null;
  readonly determination: Determination | null;
  readonly createdDateTime: string;
  readonly lastUpdateDateTime: string;
  readonly resolvedDateTime: string | null;
  readonly commentCount: number;
  readonly evidence: AlertReport['evidence'];
  /** Decimal. */
  readonly position: string;
  readonly [other: string]: unknown;
}

export function presentAlert(document: AlertDocument): PresentedAlert {
  const { evidence, other } = JSON.parse(document.reportText) as Pick<AlertReport, 'evidence' | 'other'>;
  return {
    ...other,
    id: document._id,
    incidentId: document.incidentId,
    title: document.title,
    severity: document.severity,
    status: document.status,
    category: document.category,
    serviceSource: document.serviceSource,
    detectionSource: document.detectionSource,
    assignedTo: document.assignedTo,
    classification: document.classification,
    determination: document.determination,
    createdDateTime: document.createdDateTime,
    lastUpdateDateTime: document.lastUpdateDateTime,
    resolvedDateTime: document.resolvedDateTime,
    commentCount: document.commentCount,
    evidence,
    position: String(document.position),
  };
}
