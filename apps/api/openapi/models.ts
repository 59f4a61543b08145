import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { Actor, RecordedEvent } from '#event-store';
import { alertStatuses, classifications, determinations, incidentStatuses, severities } from '#incidents';
import type {
  AlertStatus,
  Classification,
  Determination,
  Evidence,
  ImpactedAsset,
  IncidentStatus,
  Severity,
} from '#incidents';
import { healthStatuses } from '#platform';
import type { Health, HealthStatus, PartHealth } from '#platform';
import type {
  Change,
  Facet as CountedFacet,
  FacetProperty,
  FacetValue as CountedValue,
  HistoryEntry,
  ListedAsset,
  ListedTag,
  PresentedAlert,
  PresentedIncident,
} from '#read-model';

/** What the answers look like: for OpenAPI. That they are complete is what `implements` checks. */

export const Word = (values: readonly string[], more: ApiPropertyOptions = {}) =>
  ApiProperty({ type: String, enum: [...values], ...more });
const Words = (description: string) => ApiProperty({ type: [String], description });
const Time = (description: string, nullable = false) =>
  ApiProperty({ type: String, format: 'date-time', description, nullable });
export const Texted = (description: string, more: ApiPropertyOptions = {}) =>
  ApiProperty({ type: String, description, ...more });
export const Counted = (description: string) => ApiProperty({ type: 'integer', minimum: 0, description });
export const Position = (description: string) =>
  ApiProperty({ type: String, pattern: '^\\d+$', example: '4711', description });
const Unshown = () =>
  ApiProperty({
    type: [String],
    required: false,
    description: 'Ids of those on this page that are parked, and not shown; absent where none is.',
  });
const UnshownIncidents = () =>
  ApiProperty({
    type: [String],
    required: false,
    description: 'Ids of all incidents that are parked, and not shown, whichever would match; absent where none is.',
  });
const Whether = (description: string) => ApiProperty({ type: Boolean, description });
export const nullable = { nullable: true } as const;
export const anyJson = {
  oneOf: [{ type: 'string' }, { type: 'boolean' }, { type: 'array', items: {} }, { type: 'null' }],
} as ApiPropertyOptions;

export class CommandAnswer {
  @Texted('The incident that the command changed.', { example: '7' }) incidentId: string;
  @Counted('Number of the last event of the incident; its ETag.') revision: number;
  @Position('Send it as Docket-After to see the effect in a query.') position: string;
  @ApiProperty({
    type: [String],
    description: 'What happened, in order; empty where nothing had to change.',
    example: ['IncidentRenamed'],
  })
  events: readonly string[];
}

class Asset implements ImpactedAsset {
  @Word(['device', 'user', 'mailbox']) kind: ImpactedAsset['kind'];
  @Texted('Identifies it.', { example: 'device:pc-17.contoso.com' }) key: string;
  @Texted('What people call it.', { example: 'pc-17.contoso.com' }) name: string;
}

export class Incident implements PresentedIncident {
  @Texted('Its number.', { example: '7' }) id: string;
  @Texted('Its id where it was imported from.', nullable) externalId: string | null;
  @Texted('Where it was imported from.', { example: 'defender', nullable: true }) externalSource: string | null;
  @Texted('Its page there.', nullable) externalUrl: string | null;
  @Texted('The incident that it was merged into; its status is then `redirected`.', nullable)
  redirectIncidentId: string | null;
  @Texted('Automatic, until somebody renames it.') displayName: string;
  @Whether('Whether the name is the system’s.') nameIsAutomatic: boolean;
  @Word(incidentStatuses) status: IncidentStatus;
  @Word(severities) severity: Severity;
  @Whether('Whether it is the highest severity of the alerts.') severityIsAutomatic: boolean;
  @Word(classifications, nullable) classification: Classification | null;
  @Word(determinations, nullable) determination: Determination | null;
  @Texted('Whose it is.', nullable) assignedTo: string | null;
  @Texted('What it is about.', nullable) description: string | null;
  @Texted('What was said when it was resolved.', nullable) resolvingComment: string | null;
  @Words('Anybody’s.') customTags: string[];
  @Words('The system’s.') systemTags: string[];
  @Time('When it was opened; of an import, there.') createdDateTime: string;
  @Time(
    'Of the last visible change, to the incident or to one of its alerts; of an import, there until something happens here.',
  )
  lastUpdateDateTime: string;
  @Time('When it was resolved.', true) resolvedDateTime: string | null;
  @Texted('Name of whoever changed it last.') lastModifiedBy: string;
  @Counted('Alerts in it.') alertCount: number;
  @Counted('Alerts that are not resolved.') activeAlertCount: number;
  @Counted('Comments on it and on its alerts.') commentCount: number;
  @Words('ATT&CK tactics, as the products named them.') categories: string[];
  @Words('Products.') serviceSources: string[];
  @Words('Technologies.') detectionSources: string[];
  @ApiProperty({ type: [Asset], description: 'The first 20, by kind and key.' }) impactedAssets: Asset[];
  @Counted('How many assets there are in all.') impactedAssetCount: number;
  @Counted('Number of its last event; its ETag.') revision: number;
  @Position('Of its last event.') position: string;
}

class FacetValue implements CountedValue {
  @Texted('null: not set; in filters `none`.', nullable) value: string | null;
  @Counted('Incidents that have it.') count: number;
}

export class Facet implements CountedFacet {
  @ApiProperty({ type: [FacetValue], description: 'The most frequent first, at most 100.' }) values: FacetValue[];
  @Whether('Whether there are more values.') hasMore: boolean;
  @Whether('False where there were too many incidents to look at: then of the 10,000 that changed last.')
  isExact: boolean;
}

@ApiExtraModels(Facet)
export class IncidentPage {
  @ApiProperty({ type: [Incident] }) value: Incident[];
  @UnshownIncidents() parked?: readonly string[];
  @Texted('Send it as `cursor` for the next page; null on the last.', nullable) nextCursor: string | null;
  @Counted('Incidents that match. Not of changes.') @ApiProperty({ required: false }) total?: number;
  @Whether('False where there are more than `total`.') @ApiProperty({ required: false }) totalIsExact?: boolean;
  @ApiProperty({
    type: [String],
    required: false,
    description: 'Of changes: incidents that changed and do not match, or not any more.',
  })
  left?: string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(Facet) },
    description: 'Of each property that `facets` asked for; on page one.',
  })
  @ApiProperty({ required: false })
  facets?: Partial<Record<FacetProperty, Facet>>;
  @Position('What the first page reflects at least: send it as `changedSince` to see what changed after it.')
  position: string;
}

export class Alert implements PresentedAlert {
  [other: string]: unknown;
  @Texted('As the product gave it.') id: string;
  @Texted('The incident it is in; null for the moment until it is routed.', nullable) incidentId: string | null;
  @Texted('What was detected.') title: string;
  @Word(severities) severity: Severity;
  @Word(alertStatuses) status: AlertStatus;
  @Texted('ATT&CK tactic, as the product named it.', nullable) category: string | null;
  @Texted('The product.', nullable) serviceSource: string | null;
  @Texted('The technology.', nullable) detectionSource: string | null;
  @Texted('Whose it is.', nullable) assignedTo: string | null;
  @Word(classifications, nullable) classification: Classification | null;
  @Word(determinations, nullable) determination: Determination | null;
  @Time('As the product said.') createdDateTime: string;
  @Time('As the product said, then of the last change.') lastUpdateDateTime: string;
  @Time('When it was resolved.', true) resolvedDateTime: string | null;
  @Counted('Comments on it.') commentCount: number;
  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    description: 'What it is about, as it came.',
  })
  evidence: readonly Evidence[];
  @Position('Of the last event that changed it.') position: string;
}

export class AlertPage {
  @ApiProperty({ type: [Alert] }) value: Alert[];
  @Unshown() parked?: readonly string[];
  @Texted('Send it as `cursor` for the next page; null on the last.', nullable) nextCursor: string | null;
  @Counted('Alerts in the incident.') total: number;
  @Position('What it reflects at least.') position: string;
}

@ApiSchema({ name: 'ListedAsset' })
class ListedAssetModel extends Asset implements ListedAsset {
  @Counted('Alerts in the incident that are about it.') alertCount: number;
  @Time('The earliest activity of an alert that brought it.') firstSeenDateTime: string;
  @Time('The latest activity of an alert that brought it.') lastSeenDateTime: string;
}

export class AssetPage {
  @ApiProperty({ type: [ListedAssetModel] }) value: ListedAssetModel[];
  @Texted('Send it as `cursor` for the next page; null on the last.', nullable) nextCursor: string | null;
  @Counted('Assets that match, as of the first page.') total: number;
  @Position('What it reflects at least.') position: string;
}

@ApiSchema({ name: 'ListedTag' })
class ListedTagModel implements ListedTag {
  @Texted('As it was spelt first.', { example: 'Phishing' }) tag: string;
  @Whether('Whether it is one of those that the system gives.') isSystem: boolean;
  @Counted('Incidents that have it, up to 1,000.') count: number;
  @Whether('False where there are more.') countIsExact: boolean;
}

export class TagPage {
  @ApiProperty({ type: [ListedTagModel], description: 'In the order of the alphabet.' }) value: ListedTagModel[];
  @UnshownIncidents() parked?: readonly string[];
  @Position('What it reflects at least.') position: string;
}

class By implements Actor {
  @Texted('From the token.') id: string;
  @Texted('What people call them.') name: string;
  @Word(['user', 'application', 'system']) kind: Actor['kind'];
}

class Authorship {
  @Texted('Who wrote it there.', nullable) by: string | null;
  @Texted('When, as it came.', nullable) at: string | null;
}

class Changed implements Change {
  @Texted('What changed.', { example: 'displayName' }) property: string;
  @ApiProperty({ description: 'What it was.', ...anyJson }) from: unknown;
  @ApiProperty({ description: 'What it is from then on.', ...anyJson }) to: unknown;
}

export class Entry implements HistoryEntry {
  @Counted('Number of the event in the incident’s stream.') revision: number;
  @Position('Of the event.') position: string;
  @Time('When it happened.') at: string;
  @ApiProperty({ type: By }) actor: By;
  @Texted('What happened.', { example: 'IncidentRenamed' }) type: string;
  @Word(['audit', 'comment']) kind: HistoryEntry['kind'];
  @Texted('Where it is about one alert.', { required: false }) alertId?: string;
  @ApiProperty({ type: [String], required: false, description: 'Where it touched several.' })
  alertIds?: readonly string[];
  @ApiProperty({ type: [Changed] }) changes: readonly Changed[];
  @Texted('What was said.', { required: false }) comment?: string;
  @Texted('Of the command that did it: what one command did stands together.') commandId: string;
  @ApiProperty({ type: () => Authorship, required: false, description: 'Of a comment that was written elsewhere.' })
  imported?: Authorship;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    selfRequired: false,
    description: 'Why an alert is here.',
  })
  reason?: NonNullable<HistoryEntry['reason']>;
  @ApiProperty({ type: [String], required: false, description: 'Why alerts were moved, or incidents merged.' })
  reasons?: readonly string[];
}

export class LiveEntry extends Entry {
  @Texted('The incident that it happened to.', { example: '7' }) incidentId: string;
}

@ApiSchema({ name: 'HistoryPage' })
export class HistoryPageModel {
  @ApiProperty({ type: [Entry] }) value: readonly Entry[];
  @Texted('Send it as `cursor` for the next page; null on the last.', nullable) nextCursor: string | null;
}

@ApiSchema({ name: 'MovedAlert' })
export class MovedAlertModel {
  @Texted('The alert.') alertId: string;
  @Word(['moved', 'unchanged', 'refused'], {
    description:
      'Unchanged: it was there already. Refused: somebody else moved it at the same moment, and there it is.',
  })
  status: string;
  @Texted('The incident that it was in.') fromIncidentId: string;
}

export class MoveAnswer {
  @Texted('The incident that the alerts are in now.', { example: '7' }) incidentId: string;
  @Counted('Number of that incident’s last event; its ETag.') revision: number;
  @Position('Send it as Docket-After to see the effect in a query.') position: string;
  @ApiProperty({ type: [MovedAlertModel] }) value: readonly MovedAlertModel[];
}

@ApiSchema({ name: 'MergedIncident' })
export class MergedIncidentModel {
  @Texted('The incident.') incidentId: string;
  @Word(['merged', 'refused'], { description: 'Refused: somebody else merged it elsewhere at the same moment.' })
  status: 'merged' | 'refused';
}

export class MergeAnswer {
  @Texted('The incident that the others are part of now.', { example: '7' }) incidentId: string;
  @Counted('Number of that incident’s last event; its ETag.') revision: number;
  @Position('Send it as Docket-After to see the effect in a query.') position: string;
  @ApiProperty({ type: [MergedIncidentModel] }) value: readonly MergedIncidentModel[];
}

export class ReportAnswer {
  @Word(['reported', 'updated', 'unchanged'], {
    description: 'Unchanged: the very same report, or an older one, came before.',
  })
  status: string;
  @Texted('The alert.') id: string;
  @Texted('The incident it is in; null where it has none yet, which is a matter of moments.', nullable) incidentId:
    string | null;
  @Position('Send it as Docket-After to see the effect in a query.') position: string;
}

@ApiSchema({ name: 'ReportResult' })
class ReportResultModel {
  @Word(['reported', 'updated', 'unchanged', 'refused']) status: string;
  @Texted('The alert; null where it has no id.', nullable) id: string | null;
  @Texted('The incident it is in.', { required: false, nullable: true }) incidentId?: string | null;
  @ApiProperty({ type: String, required: false, pattern: '^\\d+$' }) position?: string;
  @ApiProperty({ type: () => ProblemModel, required: false, description: 'Why it was refused.' }) problem?: object;
}

export class ReportResults {
  @ApiProperty({ type: [ReportResultModel], description: 'One for each alert, in order.' }) value: ReportResultModel[];
}

export class EventLine implements Omit<RecordedEvent, 'position' | 'metadata'> {
  @Position('Of the event in the whole log.') position: string;
  @Texted('Where it stands.', { example: 'incident-7' }) stream: string;
  @Counted('Number of the event in its stream.') revision: number;
  @ApiProperty({ type: String, format: 'uuid' }) id: string;
  @Texted('What happened.', { example: 'IncidentAssigned' }) type: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As stored, in the schema of its time.' })
  data: object;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Who did it and when (`actor`, `at`), through which command, in which `schema`.',
  })
  metadata: object;
}

class PartAnswer implements PartHealth {
  @Word(healthStatuses) status: HealthStatus;
  @Texted('What is wrong, where something is.', { required: false }) why?: string;
  @Texted('Of what follows the log, and of the projector as a whole.', { required: false, example: 'live' })
  state?: string;
  @ApiProperty({ type: String, required: false, description: 'Of the last event handled.', example: '4711' })
  position?: string;
  @ApiProperty({
    type: 'integer',
    required: false,
    description: 'Events that are not handled yet, where that is known.',
  })
  lagEvents?: number | undefined;
  @ApiProperty({ type: Number, required: false, description: 'Age of the oldest event that is not handled yet.' })
  lagSeconds?: number | undefined;
  @ApiProperty({ type: 'integer', required: false, description: 'Incidents and alerts that are passed over.' })
  parked?: number;
}

@ApiExtraModels(PartAnswer)
export class HealthAnswer implements Health {
  @Word(healthStatuses) status: HealthStatus;
  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(PartAnswer) },
    description: '`degraded`: it works, but is behind or incomplete.',
  })
  parts: Readonly<Record<string, PartAnswer>>;
}

@ApiSchema({ name: 'Problem' })
export class ProblemModel {
  [other: string]: unknown;
  @Texted('Stable: decide on this.', { example: 'urn:docket:problem:stale-revision' }) type: string;
  @Texted('What kind of problem it is.') title: string;
  @ApiProperty({ type: 'integer' }) status: number;
  @Texted('What happened and what to do.') detail: string;
}
