import { distinctTags, incidentStatuses, limits, severities } from '#incidents';
import type { CommentImported, IncidentStatus, SourceIncident } from '#incidents';
import { Problem } from '#platform';
import { GraphFields, isObject } from '../alerts/graph-fields.js';
import type { Adaptation } from '../alerts/graph-fields.js';
import { idForm, isAlertId } from '../alerts/graph-alert.js';
import { bodyLimits, sizeOf } from '../http/body-parsers.js';
import { hashOf } from '../http/envelope.js';
import { toUnicode } from '../http/unicode.js';
import { readComments } from './graph-comments.js';

type Comment = CommentImported['data'];

/** An incident as it came, and what came with it. */
export interface ReadIncident {
  readonly incident: SourceIncident;
  readonly comments: readonly Comment[];
  /** As they came. */
  readonly alerts: readonly unknown[];
  readonly adapted: readonly Adaptation[];
}

const longestUrl = 2_000;

/** In bytes. The store takes 900 KiB, with who imports it and why. */
const largestEvent = 880 * 1_024;

/**
 * Reads Graph's `incident`, as untidy as `alert`. What Docket has no property for is kept as it came. `now` (ISO 8601) is taken for
 * created where the incident does not say.
 * @throws Problem invalid-request that names every mistake; body-too-large; merged-at-source
 */
export function readGraphIncident(raw: unknown, source: string, now: string): ReadIncident {
  const { alerts, ...said } = isObject(raw) ? raw : {};
  const incident = GraphFields.of(isObject(raw) ? said : raw, { what: 'An incident', adapts: true });

  const along: unknown[] = Array.isArray(alerts) ? alerts : [alerts ?? []].flat();
  const externalId = readId(incident.take('id'));
  if (externalId === undefined) incident.refuse('id', idForm);
  const displayName = incident.text('displayName', limits.displayName);
  if (displayName === null) incident.adapt('displayName', nameOf(externalId), 'it has no name');
  const status = readStatus(incident);
  const aliases = { unspecified: 'unknown', unknownfuturevalue: 'unknown' } as const;
  const severity = incident.word('severity', severities, aliases, 'unknown') ?? 'unknown';
  const judgement = incident.judgement();
  const customTags = readTags(incident, isEmpty(said.customTags) ? 'tags' : 'customTags');
  const systemTags = readTags(incident, 'systemTags');
  const createdDateTime = incident.time('createdDateTime');
  const lastUpdateDateTime = incident.time('lastUpdateDateTime');
  if (createdDateTime === null && lastUpdateDateTime === null)
    incident.adapt('createdDateTime', now, 'it does not say when it was created');
  const named = {
    externalUrl: readUrl(incident),
    tenantId: incident.text('tenantId', limits.displayName) ?? tenantOf(along),
    assignedTo: incident.text('assignedTo', limits.assignedTo),
    description: incident.text('description', limits.description),
    resolvingComment: incident.text('resolvingComment', limits.comment),
    resolvedDateTime: readResolved(incident, status),
    lastModifiedBy: incident.text('lastModifiedBy', limits.displayName),
  };
  incident.take('comments');
  const comments = readComments(incident, null);
  if (along.length > limits.alerts) incident.refuse('alerts', `must be ${limits.alerts} at most`);
  incident.assertReadable();
  const alone = { ...said, comments: undefined };
  if (sizeOf(alone) > bodyLimits.alert) throw tooLarge();
  if (status === 'redirected') throw mergedElsewhere(incident);

  const read: SourceIncident = {
    externalId: externalId!,
    externalSource: source,
    displayName: displayName ?? nameOf(externalId),
    status,
    severity,
    ...judgement,
    ...named,
    customTags,
    systemTags,
    createdDateTime: createdDateTime ?? lastUpdateDateTime ?? now,
    lastUpdateDateTime: lastUpdateDateTime ?? createdDateTime ?? now,
    other: incident.beside(),
    contentHash: hashOf(alone),
  };
  if (sizeOf(read) > largestEvent) throw tooLarge();
  return { incident: read, comments, alerts: along, adapted: incident.adapted };
}

const tooLarge = () =>
  new Problem('body-too-large', {
    detail: `Without alerts and comments it may have ${bodyLimits.alert} bytes, and ${largestEvent} with the originals of what is adapted.`,
  });

const nameOf = (externalId: string | undefined): string => `Incident ${externalId ?? ''}`;

function readId(id: unknown): string | undefined {
  const text = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  return isAlertId(text) ? text : undefined;
}

/** Graph has states that Docket has not: whoever waits there has the incident before them here. */
function readStatus(incident: GraphFields): IncidentStatus | 'redirected' {
  if (String(incident.raw.status).toLowerCase() === 'redirected') return 'redirected';
  const status = incident.word('status', incidentStatuses, {}, 'active');
  if (status === null) incident.adapt('status', 'active', 'it does not say');
  return status ?? 'active';
}

function readResolved(incident: GraphFields, status: IncidentStatus | 'redirected'): string | null {
  const resolvedDateTime = incident.time('resolvedDateTime');
  if (resolvedDateTime === null || status === 'resolved') return resolvedDateTime;
  incident.adapt('resolvedDateTime', null, 'it is not resolved');
  return null;
}

/** The same for all that is in one incident. */
function tenantOf(alerts: readonly unknown[]): string | null {
  for (const alert of alerts) {
    const tenantId = isObject(alert) ? alert.tenantId : null;
    if (typeof tenantId === 'string' && tenantId.trim() !== '')
      return [...toUnicode(tenantId)].slice(0, limits.displayName).join('');
  }
  return null;
}

const mergedElsewhere = ({ raw }: GraphFields): Problem => {
  const redirectIncidentId = readId(raw.redirectIncidentId) ?? null;
  return new Problem('merged-at-source', { extras: { redirectIncidentId } });
};

const isEmpty = (list: unknown): boolean => list == null || (Array.isArray(list) && list.length === 0);

/** The first spelling of each tag, as always; text only. */
function readTags(incident: GraphFields, name: string): string[] {
  const said = incident.take(name) ?? [];
  if (!Array.isArray(said) || !said.every((tag) => typeof tag === 'string')) {
    incident.refuse(name, 'must be an array of texts, null or left out');
    return [];
  }
  const tags = distinctTags(said.map((tag) => [...tag].slice(0, limits.tag).join(''))).slice(0, limits.tags);
  const isWhole = said.every((tag) => tag.trim() === '' || tags.includes(tag.trim()));
  if (!isWhole)
    incident.adapt(
      name,
      tags,
      `tags are the same in any case, of ${limits.tag} characters at most, and ${limits.tags} at most`,
    );
  return tags;
}

/** Somebody will click on it. */
function readUrl(incident: GraphFields): string | null {
  const url = incident.text('incidentWebUrl', longestUrl);
  if (url === null || /^https?:\/\//i.test(url)) return url;
  incident.adapt('incidentWebUrl', null, 'it is not an address of the web');
  return null;
}
