import { alertStatuses, limits, severities } from '#incidents';
import type { AlertReport, Evidence } from '#incidents';
import { Problem } from '#platform';
import { bodyLimits, sizeOf } from '../http/body-parsers.js';
import { GraphFields, isObject } from './graph-fields.js';
import type { Adaptation } from './graph-fields.js';
import { detectionSources, serviceSources } from './graph-vocabulary.js';

/** A report as it came, and the incident that it names, if it names one. */
export interface ReadAlert {
  readonly report: AlertReport;
  readonly incidentId: string | null;
  /** Where it may be adapted: what was not taken over to the letter. */
  readonly adapted: readonly Adaptation[];
}

const alertIdForm = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._~:@=+-]{0,${limits.alertId - 1}}$`);

/** Whether an id can be that of an alert: it stands in addresses and names of streams, so nothing in it needs escaping. */
export const isAlertId = (id: unknown): id is string => typeof id === 'string' && alertIdForm.test(id);

export const idForm = `must be 1 to ${limits.alertId} letters, digits or . _ ~ : @ = + - and begin with a letter or digit`;

const longestTitle = 1_000;

/**
 * Reads Graph's `alert`. Evidence of kinds that nobody here knows, and what Docket does not read by name, is kept as it came. `now`
 * (ISO 8601) is taken for created where the report does not say. `imported`: it comes along with an incident, so its `incidentId` is of
 * no matter here, and a word that nobody knows does not turn it away.
 * @throws Problem invalid-request that names every mistake; body-too-large
 */
export function readGraphAlert(raw: unknown, now: string, { imported = false } = {}): ReadAlert {
  const alert = GraphFields.of(raw, { what: 'An alert', adapts: imported });
  if (sizeOf(raw) > bodyLimits.alert) throw new Problem('body-too-large');

  const id = alert.take('id');
  if (!isAlertId(id)) alert.refuse('id', idForm);
  const title = alert.text('title', longestTitle);
  if (title === null && isBlank(alert.raw.title)) alert.refuse('title', 'is missing: say what was detected');

  const createdDateTime = alert.time('createdDateTime');
  const lastUpdateDateTime = alert.time('lastUpdateDateTime');
  const severity = alert.word(
    'severity',
    severities,
    { unspecified: 'unknown', unknownfuturevalue: 'unknown' },
    'unknown',
  );
  const status = alert.word('status', alertStatuses, { unknown: 'new', unknownfuturevalue: 'new' }, 'new');
  const judgement = alert.judgement();
  const named = {
    category: alert.text('category', limits.displayName) ?? firstCategory(alert.raw.categories),
    serviceSource: alert.openWord('serviceSource', serviceSources, limits.displayName),
    detectionSource: alert.openWord('detectionSource', detectionSources, limits.displayName),
    assignedTo: alert.text('assignedTo', limits.assignedTo),
  };
  const evidence = readEvidence(alert.take('evidence'));
  if (!evidence) alert.refuse('evidence', 'must be an array of objects, null or left out');
  const incidentId = imported ? null : readIncidentId(alert.take('incidentId'));
  if (incidentId === undefined)
    alert.refuse('incidentId', 'must be the id of an incident of this docket, null or left out');
  alert.assertReadable();

  return {
    incidentId: incidentId ?? null,
    adapted: alert.adapted,
    report: {
      id: id as string,
      title: title!,
      severity: severity ?? 'unknown',
      status: status ?? 'new',
      ...named,
      ...judgement,
      createdDateTime: createdDateTime ?? lastUpdateDateTime ?? now,
      lastUpdateDateTime: lastUpdateDateTime ?? createdDateTime ?? now,
      evidence: evidence!,
      other: alert.beside(),
    },
  };
}

const isBlank = (title: unknown): boolean => (typeof title === 'string' ? title.trim() === '' : title == null);

/** Newer reports have `categories` instead of `category`. */
const firstCategory = (categories: unknown): string | null =>
  Array.isArray(categories) && typeof categories[0] === 'string' && categories[0].trim() !== '' ? categories[0] : null;

function readEvidence(evidence: unknown): Evidence[] | undefined {
  const list: unknown[] = Array.isArray(evidence) ? evidence : [evidence ?? []].flat();
  return list.every(isObject) ? list : undefined;
}

function readIncidentId(id: unknown): string | null | undefined {
  if (id === null || id === '') return null;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
