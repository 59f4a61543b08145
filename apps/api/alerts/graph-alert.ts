import { alertStatuses, classifications, determinations, fits, limits, severities } from '#incidents';
import type { AlertReport, Classification, Determination, Evidence, Judgement } from '#incidents';
import { invalidRequest } from '../http/invalid.js';
import type { Mistake } from '../http/invalid.js';
import { detectionSources, determinationAliases, serviceSources, unset } from './graph-vocabulary.js';

/** A report as it came, and the incident that it names, if it names one. */
export interface ReadAlert {
  readonly report: AlertReport;
  readonly incidentId: string | null;
}

type Raw = Readonly<Record<string, unknown>>;

const alertIdForm = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._~:@=+-]{0,${limits.alertId - 1}}$`);

/** Whether an id can be that of an alert: it stands in addresses and names of streams, so nothing in it needs escaping. */
export const isAlertId = (id: unknown): id is string => typeof id === 'string' && alertIdForm.test(id);

const longestTitle = 1_000;
const deepest = 64;

/**
 * Reads Graph's `alert`, which is an open document and untidy in practice: enumerations in any case, null, "unknown" or nothing where
 * something is not set, timestamps with up to nine digits of fraction, evidence of kinds that nobody here knows. What Docket does not
 * read by name is kept as it came. `now` (ISO 8601) is taken for created where the report does not say.
 * @throws Problem invalid-request that names every mistake
 */
export function readGraphAlert(raw: unknown, now: string): ReadAlert {
  if (!isObject(raw)) throw invalidRequest([{ in: 'body', name: '', message: 'An alert must be a JSON object' }]);
  const mistakes: Mistake[] = [];
  const refuse = (name: string, message: string) => void mistakes.push({ in: 'body', name, message });

  const word = <T extends string>(
    name: string,
    words: readonly T[],
    aliases: Readonly<Record<string, T | null>>,
  ): T | null => {
    const value = raw[name] ?? null;
    if (value === null || value === '') return null;
    const key = typeof value === 'string' ? value.toLowerCase() : '';
    if (Object.hasOwn(aliases, key)) return aliases[key]!;
    const found = words.find((each) => each.toLowerCase() === key);
    if (found === undefined) refuse(name, `must be one of ${words.join(', ')}, null or left out`);
    return found ?? null;
  };
  /** A word of an open list: in Graph's spelling where Graph has it. */
  const source = (name: string, words: readonly string[]): string | null => {
    const value = text(name, limits.displayName);
    if (value === null || Object.hasOwn(unset, value.toLowerCase())) return null;
    return words.find((each) => each.toLowerCase() === value.toLowerCase()) ?? value;
  };
  const text = (name: string, max: number): string | null => {
    const value = raw[name] ?? null;
    if (value === null) return null;
    if (typeof value !== 'string' || [...value].length > max)
      refuse(name, `must be text of at most ${max} characters, null or left out`);
    else if (value.trim() !== '') return value;
    return null;
  };
  const time = (name: string): string | null => {
    const value = raw[name] ?? null;
    if (value === null || value === '') return null;
    if (typeof value === 'string' && isTimestamp(value)) return value;
    refuse(name, 'must be a time with its zone, e.g. 2026-01-22T12:09:23.1433333Z');
    return null;
  };

  if (!isAlertId(raw.id))
    refuse('id', `must be 1 to ${limits.alertId} letters, digits or . _ ~ : @ = + - and begin with a letter or digit`);
  const title = text('title', longestTitle);
  if (title === null && !mistakes.some(({ name }) => name === 'title'))
    refuse('title', 'is missing: say what was detected');
  if (isDeeperThan(raw, deepest)) refuse('', `An alert must not be nested deeper than ${deepest} levels`);

  const createdDateTime = time('createdDateTime');
  const lastUpdateDateTime = time('lastUpdateDateTime');
  const severity = word('severity', severities, { unspecified: 'unknown', unknownfuturevalue: 'unknown' });
  const status = word('status', alertStatuses, { unknown: 'new', unknownfuturevalue: 'new' });
  const { judgement, kept } = readJudgement(raw, word('classification', classifications, unset));
  const named = {
    category: text('category', limits.displayName) ?? firstCategory(raw.categories),
    serviceSource: source('serviceSource', serviceSources),
    detectionSource: source('detectionSource', detectionSources),
    assignedTo: text('assignedTo', limits.assignedTo),
  };
  const evidence = readEvidence(raw.evidence);
  if (!evidence) refuse('evidence', 'must be an array of objects, null or left out');
  const incidentId = readIncidentId(raw.incidentId);
  if (incidentId === undefined) refuse('incidentId', 'must be the id of an incident of this docket, null or left out');
  if (mistakes.length > 0) throw invalidRequest(mistakes);

  return {
    incidentId: incidentId ?? null,
    report: {
      id: raw.id as string,
      title: title!,
      severity: severity ?? 'unknown',
      status: status ?? 'new',
      ...named,
      ...judgement,
      createdDateTime: createdDateTime ?? lastUpdateDateTime ?? now,
      lastUpdateDateTime: lastUpdateDateTime ?? createdDateTime ?? now,
      evidence: evidence!,
      other: { ...rest(raw), ...kept },
    },
  };
}

const readByName = new Set([
  ...[
    'id',
    'title',
    'severity',
    'status',
    'category',
    'serviceSource',
    'detectionSource',
    'assignedTo',
    'classification',
  ],
  ...['determination', 'createdDateTime', 'lastUpdateDateTime', 'evidence', 'incidentId'],
]);

const rest = (raw: Raw): Raw => Object.fromEntries(Object.entries(raw).filter(([name]) => !readByName.has(name)));

/**
 * A determination that Graph has retired, or that does not belong to the classification, is no reason to turn an alert away: it counts
 * as not set, and is kept among what came beside.
 */
function readJudgement(raw: Raw, classification: Classification | null): { judgement: Judgement; kept: Raw } {
  const said = raw.determination ?? null;
  const key = typeof said === 'string' ? said.toLowerCase() : '';
  const aliases: Readonly<Record<string, Determination | null>> = determinationAliases;
  const determination = Object.hasOwn(aliases, key)
    ? aliases[key]!
    : (determinations.find((each) => each.toLowerCase() === key) ?? null);
  const belongs = classification !== null && determination !== null && fits(determination, classification);
  if (belongs) return { judgement: { classification, determination }, kept: {} };
  const means = said !== null && said !== '' && !(Object.hasOwn(aliases, key) && aliases[key] === null);
  return { judgement: { classification, determination: null }, kept: means ? { determination: said } : {} };
}

/** Newer reports have `categories` instead of `category`. */
const firstCategory = (categories: unknown): string | null =>
  Array.isArray(categories) && typeof categories[0] === 'string' && categories[0].trim() !== '' ? categories[0] : null;

function readEvidence(evidence: unknown): Evidence[] | undefined {
  const list: unknown[] = Array.isArray(evidence) ? evidence : [evidence ?? []].flat();
  return list.every(isObject) ? list : undefined;
}

function readIncidentId(id: unknown): string | null | undefined {
  if (id === undefined || id === null || id === '') return null;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

const isTimestamp = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
