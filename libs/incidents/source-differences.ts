import type { AlertSummary } from './alert-report.js';
import { tagKey } from './decisions/tags.js';
import type { IncidentImported } from './events.js';
import { emptyTag } from './decisions/consequences.js';
import type { Incident } from './incident.js';

/** Where what is here and what its source says now are not the same. What is here stays. */
export interface Difference {
  readonly property: string;
  readonly here: unknown;
  readonly there: unknown;
}

/** An incident as its source has it, before it has a number here. */
export type SourceIncident = Omit<IncidentImported['data'], 'incidentId' | 'severityIsAutomatic'>;

/**
 * Compares an incident with another version of its source than the one that it was imported in. What Docket has no property for is
 * compared with what came at first.
 */
export function differencesOf(incident: Incident, first: SourceIncident, now: SourceIncident): Difference[] {
  const { judgement, ...here } = incident;
  const names = ['displayName', 'status', 'severity', 'assignedTo', 'description', 'resolvingComment'] as const;
  const beside = new Set([...Object.keys(first.other), ...Object.keys(now.other)]);
  return [
    ...names.flatMap((name) => unlessSame(name, here[name], now[name])),
    ...unlessSame('classification', judgement.classification, now.classification),
    ...unlessSame('determination', judgement.determination, now.determination),
    ...unlessSameTags('customTags', here.customTags, now.customTags),
    ...unlessSameTags('systemTags', here.systemTags, now.systemTags),
    ...unlessSame('externalUrl', first.externalUrl, now.externalUrl),
    ...unlessSame('createdDateTime', first.createdDateTime, now.createdDateTime),
    ...[...beside].flatMap((name) => unlessSame(name, first.other[name] ?? null, now.other[name] ?? null)),
  ];
}

/** Compares an alert with another version of its report than the one that is known. */
export function alertDifferencesOf(here: AlertSummary, now: AlertSummary): Difference[] {
  const detected = ['title', 'severity', 'category', 'serviceSource', 'detectionSource'] as const;
  const handled = ['status', 'assignedTo', 'classification', 'determination'] as const;
  return [...detected, ...handled].flatMap((name) => unlessSame(name, here[name], now[name]));
}

const unlessSame = (property: string, here: unknown, there: unknown): Difference[] =>
  JSON.stringify(here) === JSON.stringify(there) ? [] : [{ property, here, there }];

/** In any order and spelling. That an incident is empty is no matter of its source. */
function unlessSameTags(property: string, here: readonly string[], there: readonly string[]): Difference[] {
  const keys = (tags: readonly string[]) => new Set(tags.filter((tag) => tag !== emptyTag).map(tagKey));
  const [ours, theirs] = [keys(here), keys(there)];
  return ours.size === theirs.size && [...ours].every((key) => theirs.has(key)) ? [] : [{ property, here, there }];
}
