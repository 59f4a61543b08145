import { graphAlert } from './older-defender/alert.js';
import { graphIncident } from './older-defender/incident.js';
import type { Row } from './reading/exported-file.js';

/** What a row turns out to be, in Graph's names whichever API it comes from. */
export type Recognised =
  | { readonly kind: 'incident'; readonly graph: Row }
  | { readonly kind: 'alert'; readonly graph: Row }
  | { readonly kind: 'neither'; readonly because: string };

/** Fields of which every incident has one, and hardly anything else that a directory exports. */
const ofIncidents = ['displayName', 'status', 'alerts', 'createdDateTime'];

/** Fields that only alerts have. */
const ofAlerts = ['title', 'evidence', 'serviceSource', 'providerAlertId', 'alertWebUrl', 'recommendedActions'];

/** Tells incidents from alerts, and the older Defender API from Graph, by the names of their fields. */
export function recognise(row: Row): Recognised {
  const has = (name: string) => Object.hasOwn(row, name);
  if (has('id')) return !has('alerts') && ofAlerts.some(has) ? { kind: 'alert', graph: row } : incidentOr(row);
  if (has('alertId')) return { kind: 'alert', graph: graphAlert(row) };
  if (has('incidentId') || has('incidentName')) return incidentOr(graphIncident(row));
  return { kind: 'neither', because: isError(row.error) ? `is an error: ${row.error.message}` : 'has no id' };
}

const incidentOr = (graph: Row): Recognised =>
  ofIncidents.some((name) => Object.hasOwn(graph, name))
    ? { kind: 'incident', graph }
    : { kind: 'neither', because: `is no incident: it has none of ${ofIncidents.join(', ')}` };

/** Graph answers so where an export failed, and scripts write it down like any other page. */
const isError = (error: unknown): error is { message: string } =>
  typeof (error as { message?: unknown } | null)?.message === 'string';
