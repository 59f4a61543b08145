import type { AlertReport, AlertSummary, Evidence } from './alert-report.js';
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

type Beside = Readonly<Record<string, unknown>>;

/** An incident as its source has it, before it has a number here. */
export type SourceIncident = Omit<IncidentImported['data'], 'incidentId' | 'severityIsAutomatic'>;

/**
 * Compares an incident with another version of its source than the one that it was imported in. What Docket has no property for is
 * compared with what came at first.
 */
export function differencesOf(incident: Incident, first: SourceIncident, now: SourceIncident): Difference[] {
  const { judgement, ...here } = incident;
  const names = ['displayName', 'status', 'severity', 'assignedTo', 'description', 'resolvingComment'] as const;
  return [
    ...names.flatMap((name) => unlessSame(name, here[name], now[name])),
    ...unlessSame('classification', judgement.classification, now.classification),
    ...unlessSame('determination', judgement.determination, now.determination),
    ...unlessSameTags('customTags', here.customTags, now.customTags),
    ...unlessSameTags('systemTags', here.systemTags, now.systemTags),
    ...unlessSame('externalUrl', first.externalUrl, now.externalUrl),
    ...unlessSameTenant(first.tenantId, now.tenantId),
    ...unlessSame('createdDateTime', first.createdDateTime, now.createdDateTime),
    ...unlessSameBeside(first.other, now.other),
  ];
}

/** Compares an alert with another version of its report than the one that is known. */
export function alertDifferencesOf(here: AlertSummary, now: AlertSummary): Difference[] {
  const detected = ['title', 'severity', 'category', 'serviceSource', 'detectionSource'] as const;
  const handled = ['status', 'assignedTo', 'classification', 'determination'] as const;
  return [...detected, ...handled].flatMap((name) => unlessSame(name, here[name], now[name]));
}

/**
 * Compares what a report says beside that, which no incident needs to know: its evidence, and what Docket has no property for. Comments
 * come along for themselves, and the incident that a report names is no part of what it says of its alert.
 */
export function reportDifferencesOf(here: AlertReport, now: AlertReport): Difference[] {
  const spoken = (report: AlertReport) => without(contentOf(report.other), ['comments']);
  return [
    ...unlessSame('createdDateTime', here.createdDateTime, now.createdDateTime),
    ...unlessSameEvidence(here.evidence, now.evidence),
    ...unlessSameBeside(spoken(here), spoken(now)),
  ];
}

/** What a report says of its alert: not which incident it is in, which Docket knows, and not what that was called elsewhere. */
export const contentOf = (report: Beside): Beside => without(report, ['incidentId', 'externalIncidentId']);

const without = (beside: Beside, names: readonly string[]): Beside =>
  Object.fromEntries(Object.entries(beside).filter(([name]) => !names.includes(name)));

const unlessSame = (property: string, here: unknown, there: unknown): Difference[] =>
  JSON.stringify(here) === JSON.stringify(there) ? [] : [{ property, here, there }];

/** In any order and spelling. That an incident is empty is no matter of its source. */
function unlessSameTags(property: string, here: readonly string[], there: readonly string[]): Difference[] {
  const keys = (tags: readonly string[]) => new Set(tags.filter((tag) => tag !== emptyTag).map(tagKey));
  const [ours, theirs] = [keys(here), keys(there)];
  return ours.size === theirs.size && [...ours].every((key) => theirs.has(key)) ? [] : [{ property, here, there }];
}

const unlessSameTenant = (here: string | null, there: string | null): Difference[] =>
  here?.toLowerCase() === there?.toLowerCase() ? [] : [{ property: 'tenantId', here, there }];

function unlessSameBeside(here: Beside, there: Beside): Difference[] {
  const valueIn = (beside: Beside, name: string) => (Object.hasOwn(beside, name) ? beside[name] : null);
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...names].flatMap((name) => unlessSame(name, valueIn(here, name), valueIn(there, name)));
}

/** Only the entries that the other one has not, for there may be thousands. */
function unlessSameEvidence(here: readonly Evidence[], there: readonly Evidence[]): Difference[] {
  const missingIn = (others: readonly Evidence[]) => {
    const known = new Set(others.map((each) => JSON.stringify(each)));
    return (each: Evidence) => !known.has(JSON.stringify(each));
  };
  return unlessSame('evidence', here.filter(missingIn(there)), there.filter(missingIn(here)));
}
