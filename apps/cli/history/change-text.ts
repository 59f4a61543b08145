import type { Change } from '#read-model';

/** What people call the properties whose names say something else, or too much. */
const labels: Readonly<Record<string, string>> = {
  displayName: 'name',
  assignedTo: 'owner',
  customTags: 'tags',
  systemTags: 'system tags',
  alerts: 'alert',
  incidentId: 'incident',
  mergedIncidentIds: 'incident',
  redirectIncidentId: 'merged into',
  alertCount: 'alerts',
  activeAlertCount: 'open alerts',
  commentCount: 'comments',
  impactedAssets: 'assets',
  impactedAssetCount: 'number of assets',
  nameIsAutomatic: 'name is automatic',
  severityIsAutomatic: 'severity is automatic',
  resolvingComment: 'said at the end',
  externalId: 'external id',
  externalSource: 'came from',
  externalUrl: 'external page',
  tenantId: 'tenant',
  createdDateTime: 'created',
  lastUpdateDateTime: 'last update',
  lastModifiedBy: 'changed by',
  resolvedDateTime: 'resolved',
  serviceSources: 'products',
  detectionSources: 'technologies',
};

export const labelOf = (property: string): string => labels[property] ?? property;

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function text(value: unknown): string {
  if (isNothing(value)) return 'none';
  if (Array.isArray(value)) return value.map(text).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object' && value !== null) return 'name' in value ? String(value.name) : JSON.stringify(value);
  return String(value);
}

/** Longer texts stand one below the other. */
const aLine = 50;

/** Of these a change names one that came or went. */
const oneByOne = new Set(['customTags', 'systemTags']);

/** From what to what, in words: `active → resolved`; a value that was not there before stands alone. */
export function changeText({ property, from, to }: Change): string {
  if (oneByOne.has(property) && isNothing(to)) return `− ${text(from)}`;
  if (isNothing(from)) return text(to);
  const [before, after] = [text(from), text(to)];
  return before.length + after.length > aLine ? `${before}\n→ ${after}` : `${before} → ${after}`;
}

/** The same between two states of an incident: what was not there is said too, and of a list what came and what went, one by one. */
export function differenceTexts({ property, from, to }: Change): string[] {
  if (Array.isArray(from) && Array.isArray(to)) return comeAndGone(from.map(text), to.map(text));
  return [changeText({ property, from: text(from), to: text(to) })];
}

const comeAndGone = (from: readonly string[], to: readonly string[]): string[] => [
  ...to.filter((each) => !from.includes(each)).map((each) => `+ ${each}`),
  ...from.filter((each) => !to.includes(each)).map((each) => `− ${each}`),
];
