/** The words of Microsoft Graph security that incidents and alerts are described with, spelt as Graph writes them. */

export const incidentStatuses = ['active', 'inProgress', 'resolved', 'redirected'] as const;
export type IncidentStatus = (typeof incidentStatuses)[number];

/** How far the work on an incident is. One that is redirected, which is final, was merged into another: nobody works on it. */
export const workStatuses = ['active', 'inProgress', 'resolved'] as const satisfies readonly IncidentStatus[];
export type WorkStatus = (typeof workStatuses)[number];

export const alertStatuses = ['new', 'inProgress', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];
export type OpenAlertStatus = Exclude<AlertStatus, 'resolved'>;

/** From the least to the most severe. */
export const severities = ['unknown', 'informational', 'low', 'medium', 'high'] as const;
export type Severity = (typeof severities)[number];

export const classifications = ['truePositive', 'informationalExpectedActivity', 'falsePositive'] as const;
export type Classification = (typeof classifications)[number];

/** Which determination belongs to which classification. */
export const determinationsOf = {
  truePositive: [
    'multiStagedAttack',
    'maliciousUserActivity',
    'compromisedAccount',
    'malware',
    'phishing',
    'unwantedSoftware',
    'other',
  ],
  informationalExpectedActivity: ['securityTesting', 'lineOfBusinessApplication', 'confirmedActivity', 'other'],
  falsePositive: ['notMalicious', 'notEnoughDataToValidate', 'other'],
} as const satisfies Record<Classification, readonly string[]>;
export type Determination = (typeof determinationsOf)[Classification][number];

export const determinations: readonly Determination[] = [...new Set(Object.values(determinationsOf).flat())];

export function fits(determination: Determination, classification: Classification): boolean {
  return (determinationsOf[classification] as readonly Determination[]).includes(determination);
}

/** Why alerts were moved together, as Graph's `correlationReason` names it. */
export const correlationReasons = [
  'repeatedAlertOccurrence',
  'sameGeography',
  'similarArtifacts',
  'sameTargetedAsset',
  'sameNetworkSegment',
  'eventSequence',
  'timeFrame',
  'sameThreatSource',
  'similarTTPsOrBehavior',
  'sameActor',
  'sameCampaign',
  'sharedIndicators',
  'sameAsset',
  'networkProximity',
  'eventCasualSequence',
  'temporalProximity',
  'lateralMovementPath',
] as const;
export type CorrelationReason = (typeof correlationReasons)[number];

/** A judgement of an incident or an alert; both are null where nobody has judged. */
export type Judgement = {
  readonly classification: Classification | null;
  readonly determination: Determination | null;
};

export const unjudged: Judgement = { classification: null, determination: null };

/** Code points, but for `alerts…`, `alertId`, `incidentsInOneMerge`, `tags` and `views`, which count. */
export const limits = {
  comment: 30_000,
  displayName: 300,
  description: 30_000,
  tag: 256,
  tags: 200,
  alertId: 70,
  alerts: 10_000,
  alertsInOneMove: 1_000,
  incidentsInOneMerge: 5,
  assignedTo: 256,
  viewName: 64,
  views: 100,
} as const;
