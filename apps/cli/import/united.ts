import { newestFirst } from './instant.js';
import { isObject } from './older-defender/renamed.js';
import type { Row } from './reading/exported-file.js';

/** One incident, made of all its rows. */
export interface United {
  readonly incident: Row;
  readonly alerts: readonly unknown[];
  readonly read: Along;
  /** What was there in an older version, or twice. */
  readonly older: Along;
  /** Whether the source says that it has others, which did not come. */
  readonly moreAlerts: boolean;
}

/** What comes along with an incident. */
export interface Along {
  readonly alerts: number;
  /** Also those of the alerts. */
  readonly comments: number;
}

/**
 * Puts the rows of an incident (the newest first) together: its fields are those of the newest, of each alert the newest version counts,
 * and nobody's comment is lost.
 */
export function unite(rows: readonly Row[]): United {
  const all = rows.flatMap(alertsOf);
  const versions = new Map<unknown, unknown[]>();
  for (const alert of all) {
    const id = alertIdOf(alert) ?? Symbol('like no other');
    versions.set(id, [...(versions.get(id) ?? []), alert]);
  }
  const alerts = [...versions.values()].map(uniteAlert);
  const incident = withComments({ ...rows[0]!, alerts: undefined }, rows);
  const count = (rows: readonly unknown[]) => rows.reduce<number>((sum, row) => sum + commentsOf(row).length, 0);
  const read = { alerts: all.length, comments: count(rows) + count(all) };
  const kept = { alerts: alerts.length, comments: count([incident]) + count(alerts) };
  const older = { alerts: read.alerts - kept.alerts, comments: read.comments - kept.comments };
  const moreAlerts = rows.some((row) => typeof row['alerts@odata.nextLink'] === 'string');
  return { incident, alerts, read, older, moreAlerts };
}

/** Some collectors write one object for each alert, with its incident around it. */
export const alertsOf = ({ alerts }: Row): readonly unknown[] =>
  Array.isArray(alerts) ? alerts : [alerts ?? []].flat();

export const alertIdOf = (alert: unknown): string | undefined =>
  isObject(alert) && typeof alert.id === 'string' ? alert.id : undefined;

function uniteAlert(versions: readonly unknown[]): unknown {
  const rows = newestFirst(versions.filter(isObject).reverse(), ({ lastUpdateDateTime }) => lastUpdateDateTime);
  return rows.length === 0 ? versions[0] : withComments(rows[0]!, rows);
}

/** Comments of all versions, each once; all that came where there is only one version. */
function withComments(newest: Row, versions: readonly Row[]): Row {
  if (versions.length === 1) return isObject(newest.comments) ? { ...newest, comments: [newest.comments] } : newest;
  const comments = new Map<string, unknown>();
  for (const comment of versions.flatMap(commentsOf)) {
    const key = keyOf(comment);
    if (!comments.has(key)) comments.set(key, comment);
  }
  return { ...newest, comments: [...comments.values()] };
}

/** Of a row or of an alert of any shape; the only one may come without a list. */
export const commentsOf = (row: unknown): readonly unknown[] => (isObject(row) ? [row.comments ?? []].flat() : []);

/** What was said, by whom and when, also in the words of older versions. */
function keyOf(said: unknown): string {
  if (!isObject(said)) return JSON.stringify(said);
  const { comment, createdByDisplayName, createdBy, createdDateTime, createdTime } = said;
  return JSON.stringify([comment, createdByDisplayName ?? createdBy, createdDateTime ?? createdTime]);
}
