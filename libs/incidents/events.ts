import type { AlertReport, AlertSummary } from './alert-report.js';
import type { CorrelationReason, AlertStatus, Judgement, OpenAlertStatus, Severity, WorkStatus } from './vocabulary.js';

/**
 * Everything that can have happened, in the past tense. Each event carries the new and the old value, so that nobody who reads
 * the history has to look back. A cascade is one event that lists the alerts it touched.
 */
type Event<Type extends string, Data extends object> = { readonly type: Type; readonly data: Readonly<Data> };

// ── the life of an incident: stream incident-<id> ──

export type IncidentOpened = Event<
  'IncidentOpened',
  {
    incidentId: string;
    displayName: string;
    /** False where somebody gave the name: such a name is never overwritten. */
    nameIsAutomatic: boolean;
    severity: Severity;
    severityIsAutomatic: boolean;
    description: string | null;
    customTags: readonly string[];
    origin: 'byHand' | 'correlation' | 'move';
  }
>;
/**
 * An incident that was worked on elsewhere came along, as it was there: in place of `IncidentOpened`. Its times are the source's, as
 * text as they came.
 */
export type IncidentImported = Event<
  'IncidentImported',
  Judgement & {
    incidentId: string;
    /** Its id there, and whose ids these are. */
    externalId: string;
    externalSource: string;
    externalUrl: string | null;
    tenantId: string | null;
    displayName: string;
    status: WorkStatus;
    severity: Severity;
    severityIsAutomatic: boolean;
    assignedTo: string | null;
    description: string | null;
    resolvingComment: string | null;
    customTags: readonly string[];
    systemTags: readonly string[];
    createdDateTime: string;
    lastUpdateDateTime: string;
    resolvedDateTime: string | null;
    lastModifiedBy: string | null;
    /** Everything else that the source said of it, untouched. */
    other: Readonly<Record<string, unknown>>;
    /** Tells one version of the source from another, whichever alerts and comments came along with it. */
    contentHash: string;
  }
>;
export type IncidentNamedAutomatically = Event<'IncidentNamedAutomatically', { displayName: string; previous: string }>;
export type IncidentRenamed = Event<
  'IncidentRenamed',
  { displayName: string; previous: string; previousWasAutomatic: boolean }
>;
/** `alertIds`: the alerts that got the owner along with the incident. */
export type IncidentAssigned = Event<
  'IncidentAssigned',
  { assignedTo: string; previous: string | null; alertIds: readonly string[] }
>;
/** `alertIds`: the alerts that had the same owner and lost it too. */
export type IncidentUnassigned = Event<'IncidentUnassigned', { previous: string; alertIds: readonly string[] }>;
export type InvestigationStarted = Event<'InvestigationStarted', { previous: WorkStatus }>;
export type IncidentResolved = Event<
  'IncidentResolved',
  {
    previous: WorkStatus;
    comment: string | null;
    /** The alerts that were open until now, but for those of the next list. Each alert is in one list, or ten thousand would not fit. */
    resolvedAlertIds: readonly string[];
    /** The alerts that were open and that nobody had classified: they took over the incident's judgement, given in `judgement`. */
    resolvedAndClassifiedAlertIds: readonly string[];
    /** The alerts that were closed before and took over the judgement. */
    classifiedAlertIds: readonly string[];
    judgement: Judgement;
  }
>;
/** `reopenedAlerts`: those that the resolve had closed, by the status that they have again. */
export type IncidentReopened = Event<
  'IncidentReopened',
  { reopenedAlerts: Readonly<Record<OpenAlertStatus, readonly string[]>> }
>;
export type IncidentClassified = Event<'IncidentClassified', Judgement & { previous: Judgement }>;
/** `automatic`: the highest severity of the alerts, from now on; otherwise set by hand. */
export type IncidentSeverityChanged = Event<
  'IncidentSeverityChanged',
  { severity: Severity; previous: Severity; automatic: boolean; previousWasAutomatic: boolean }
>;
/** Custom tags are anybody's, system tags the system's own. */
export type IncidentTagged = Event<'IncidentTagged', { kind: 'custom' | 'system'; tags: readonly string[] }>;
export type IncidentUntagged = Event<'IncidentUntagged', { kind: 'custom' | 'system'; tags: readonly string[] }>;
export type IncidentDescribed = Event<'IncidentDescribed', { description: string | null; previous: string | null }>;
export type IncidentCommented = Event<'IncidentCommented', { comment: string }>;

/**
 * The commit of a merge, and the last event of this incident: from here on it is redirected, and its alerts are in `toIncidentId`, whose
 * number is always smaller. This event's id is the id of the transfer. What the alerts are is in the fold: ten thousand of them fit into no
 * event.
 */
export type IncidentMerged = Event<
  'IncidentMerged',
  {
    toIncidentId: string;
    previous: WorkStatus;
    alertIds: readonly string[];
    comment: string | null;
    reasons: readonly CorrelationReason[];
  }
>;
/** The other incident is part of this one. Its alerts follow, each chunk an `AlertMovedIn`. */
export type IncidentAbsorbed = Event<
  'IncidentAbsorbed',
  {
    fromIncidentId: string;
    transferId: string;
    alertCount: number;
    comment: string | null;
    reasons: readonly CorrelationReason[];
  }
>;

/**
 * What somebody wrote elsewhere, about the incident or one of its alerts. Null: the source does not say who, or when. `other`: what else
 * the source said with it, untouched. `contentHash`: of the first four.
 */
export type CommentImported = Event<
  'CommentImported',
  {
    comment: string;
    by: string | null;
    createdDateTime: string | null;
    alertId: string | null;
    other: Readonly<Record<string, unknown>>;
    contentHash: string;
  }
>;

// ── its alerts, while they are in it ──

/** Why an alert is in this incident. */
export type RoutingReason =
  | { readonly rule: 'sharedEntity'; readonly entity: string }
  | { readonly rule: 'reportedInto' }
  | { readonly rule: 'imported' }
  | { readonly rule: 'nothingShared' };

/**
 * `alert` is as it is from now on: it may have got the incident's owner. `closedFrom`: what it was before, where it came along with a
 * resolved incident and was closed on arrival.
 */
export type AlertAdded = Event<
  'AlertAdded',
  { alert: AlertSummary; reason: RoutingReason; closedFrom?: OpenAlertStatus }
>;

/**
 * The correlator brought alerts that this incident does not take any more. In the log, so that whoever carries out the same routes
 * again, late, is refused too, whatever has become of the incident.
 */
export type AlertsTurnedAway = Event<
  'AlertsTurnedAway',
  { alertIds: readonly string[]; because: 'incident-resolved' | 'too-many-alerts' }
>;

type Move = {
  readonly alerts: readonly AlertSummary[];
  readonly comment: string | null;
  readonly reasons: readonly CorrelationReason[];
};
/** The commit of a move: from here on the alerts are in `toIncidentId`. This event's id is the id of the transfer. */
export type AlertMovedOut = Event<'AlertMovedOut', Move & { toIncidentId: string }>;
/**
 * The arrival that follows. `alerts` are as they left, but for an owner that they got here; `resolvedAlertIds` are those that were closed on
 * arrival, as this incident is resolved. `transferId`: of the departure; of a merge `<transfer>/<chunk>`, counted from 0. Where the incident
 * that they left for was merged meanwhile, they arrive in the one that it is part of.
 */
export type AlertMovedIn = Event<
  'AlertMovedIn',
  Move & { fromIncidentId: string; transferId: string; resolvedAlertIds: readonly string[] }
>;
export type AlertAssigned = Event<'AlertAssigned', { alertId: string; assignedTo: string; previous: string | null }>;
export type AlertUnassigned = Event<'AlertUnassigned', { alertId: string; previous: string }>;
export type AlertInvestigationStarted = Event<'AlertInvestigationStarted', { alertId: string; previous: AlertStatus }>;
export type AlertResolved = Event<'AlertResolved', { alertId: string; previous: AlertStatus; comment: string | null }>;
export type AlertReopened = Event<'AlertReopened', { alertId: string; previous: AlertStatus }>;
export type AlertClassified = Event<'AlertClassified', Judgement & { alertId: string; previous: Judgement }>;
export type AlertCommented = Event<'AlertCommented', { alertId: string; comment: string }>;
/** The product reported the alert anew. `alert` and `previous` differ in detection fields only. */
export type AlertUpdated = Event<'AlertUpdated', { alert: AlertSummary; previous: AlertSummary }>;

export type IncidentEvent =
  | IncidentOpened
  | IncidentImported
  | IncidentNamedAutomatically
  | IncidentRenamed
  | IncidentAssigned
  | IncidentUnassigned
  | InvestigationStarted
  | IncidentResolved
  | IncidentReopened
  | IncidentClassified
  | IncidentSeverityChanged
  | IncidentTagged
  | IncidentUntagged
  | IncidentDescribed
  | IncidentCommented
  | IncidentMerged
  | IncidentAbsorbed
  | CommentImported
  | AlertAdded
  | AlertsTurnedAway
  | AlertMovedOut
  | AlertMovedIn
  | AlertAssigned
  | AlertUnassigned
  | AlertInvestigationStarted
  | AlertResolved
  | AlertReopened
  | AlertClassified
  | AlertCommented
  | AlertUpdated;

// ── what a product said: stream alert-<id> ──

/**
 * `incidentId`: the incident that the report named, where it named one; otherwise it is correlated. `imported`: it came along with that
 * incident from elsewhere.
 */
export type AlertReported = Event<
  'AlertReported',
  { report: AlertReport; incidentId: string | null; contentHash: string; imported?: true }
>;
export type AlertReportUpdated = Event<'AlertReportUpdated', { report: AlertReport; contentHash: string }>;
export type AlertEvent = AlertReported | AlertReportUpdated;

// ── where numbers come from: stream register ──

/** This event's revision + 1 is the incident's number. */
export type IncidentRegistered = Event<'IncidentRegistered', Record<string, never>>;

// ── what the correlator decided: stream correlation ──

export type Route = {
  readonly alertId: string;
  readonly incidentId: string;
  readonly opens: boolean;
  readonly reason: RoutingReason;
};
/** `upTo`: decimal position of the last reported alert that this batch took into account. */
export type AlertsRouted = Event<'AlertsRouted', { upTo: string; routes: readonly Route[] }>;

// ── what a command that spans streams set out to do: stream command-<id> ──

/** What somebody says who opens an incident by hand; what is null the system finds. */
export type Opening = {
  readonly displayName: string | null;
  readonly severity: Severity | null;
  readonly description: string | null;
  readonly customTags: readonly string[];
};
export type OpenPlanned = Event<'OpenPlanned', { incidentId: string; opening: Opening }>;
/**
 * `departures`: the alerts that leave one incident in one append. `revision`: that of the incident when this was planned; plans of earlier
 * versions have none. `staying`: those that are in the target already.
 */
export type MovePlanned = Event<
  'MovePlanned',
  {
    departures: readonly {
      readonly fromIncidentId: string;
      readonly alertIds: readonly string[];
      readonly revision?: number;
    }[];
    staying: readonly string[];
    toIncidentId: string;
    opensIncident: boolean;
    comment: string | null;
    reasons: readonly CorrelationReason[];
  }
>;
/** Which incidents become part of which: its number is the lowest of them. */
export type MergePlanned = Event<
  'MergePlanned',
  {
    toIncidentId: string;
    fromIncidentIds: readonly string[];
    comment: string | null;
    reasons: readonly CorrelationReason[];
  }
>;
/** The plan of whoever imports this incident, in whichever version: the first one stands. */
export type ImportPlanned = Event<'ImportPlanned', { imported: IncidentImported['data'] }>;
/** The plan is carried out to its end; `answer` is what its command was and will be answered. */
export type PlanCarriedOut = Event<'PlanCarriedOut', { answer: Readonly<Record<string, unknown>> }>;
/** A key that came with a report: with another body it is refused, whichever alerts that names. */
export type KeyReserved = Event<'KeyReserved', Record<string, never>>;
export type PlanEvent = OpenPlanned | ImportPlanned | MovePlanned | MergePlanned | PlanCarriedOut | KeyReserved;

// ── saved views: stream views-<whose> ──

/** Filters and order of the queue, as they are asked for; `me` stays `me`. */
export type ViewQuery = Readonly<Record<string, string | readonly string[]>>;

/** `previous`: what the view asked for before; null where it is new. */
export type ViewSaved = Event<'ViewSaved', { name: string; query: ViewQuery; previous: ViewQuery | null }>;
export type ViewRemoved = Event<'ViewRemoved', { name: string; previous: ViewQuery }>;
export type ViewEvent = ViewSaved | ViewRemoved;

export type DocketEvent = IncidentEvent | AlertEvent | IncidentRegistered | AlertsRouted | PlanEvent | ViewEvent;

/** The present schema of every event: the integer in its metadata. Raise it along with an upcaster. */
export const schemas = {
  IncidentOpened: 1,
  IncidentImported: 1,
  IncidentNamedAutomatically: 1,
  IncidentRenamed: 1,
  IncidentAssigned: 1,
  IncidentUnassigned: 1,
  InvestigationStarted: 1,
  IncidentResolved: 1,
  IncidentReopened: 1,
  IncidentClassified: 1,
  IncidentSeverityChanged: 1,
  IncidentTagged: 1,
  IncidentUntagged: 1,
  IncidentDescribed: 1,
  IncidentCommented: 1,
  IncidentMerged: 1,
  IncidentAbsorbed: 1,
  CommentImported: 1,
  AlertAdded: 1,
  AlertsTurnedAway: 1,
  AlertMovedOut: 1,
  AlertMovedIn: 1,
  AlertAssigned: 1,
  AlertUnassigned: 1,
  AlertInvestigationStarted: 1,
  AlertResolved: 1,
  AlertReopened: 1,
  AlertClassified: 1,
  AlertCommented: 1,
  AlertUpdated: 1,
  AlertReported: 1,
  AlertReportUpdated: 1,
  IncidentRegistered: 1,
  AlertsRouted: 1,
  OpenPlanned: 1,
  ImportPlanned: 1,
  MovePlanned: 1,
  MergePlanned: 1,
  PlanCarriedOut: 1,
  KeyReserved: 1,
  ViewSaved: 1,
  ViewRemoved: 1,
} as const satisfies Record<DocketEvent['type'], number>;

/** Names of streams. */
export const streams = {
  incident: (incidentId: string) => `incident-${incidentId}`,
  alert: (alertId: string) => `alert-${alertId}`,
  command: (commandId: string) => `command-${commandId}`,
  /** `whose`: a hash of the actor's id, or `shared`, which no hash is. */
  views: (whose: string) => `views-${whose}`,
  register: 'register',
  correlation: 'correlation',
} as const;
