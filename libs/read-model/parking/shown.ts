import { streams } from '#incidents';
import type { AlertDocument } from '../alerts/alert-document.js';
import type { Collections } from '../collections.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import type { StoredIncident } from '../queue/incident-search.js';
import { IsParked, assertNotParked } from './parked.js';

/** A row says itself that it is parked; where there is none its first event may be what cannot be projected. Null: unknown. Throws IsParked. */
export async function shownIncident(
  { incidents, parked }: Pick<Collections, 'incidents' | 'parked'>,
  incidentId: string,
): Promise<IncidentDocument | null> {
  const row = await incidents.findOne({ _id: { $eq: incidentId } });
  const stream = streams.incident(incidentId);
  if (row?.parked) throw new IsParked(stream);
  if (!row) await assertNotParked(parked, 'incidents', stream);
  return row;
}

export async function shownAlert(
  { alerts, parked }: Pick<Collections, 'alerts' | 'parked'>,
  alertId: string,
): Promise<AlertDocument | null> {
  const alert = await alerts.findOne({ _id: { $eq: alertId } });
  if (alert?.parkedWith !== undefined) throw new IsParked(alert.parkedWith);
  if (!alert) await assertNotParked(parked, 'alerts', streams.alert(alertId));
  return alert;
}

/** Ids of the incidents that are parked. */
export async function parkedIncidents({ parked }: Pick<Collections, 'parked'>): Promise<readonly string[]> {
  const documents = await parked.find({ projection: 'incidents' }, { projection: { id: 1 } }).toArray();
  return documents.map(({ id }) => id);
}

/**
 * Rows without those that are parked, and who is named in their place: all that is parked, on whichever page, as nobody knows which filters
 * it would match by now, or whether it has a row at all. What was parked or unparked in between is named where it is not shown.
 */
export function withoutParked<Row extends StoredIncident>(
  rows: readonly Row[],
  parked: readonly string[],
): { readonly value: Row[]; readonly parked?: readonly string[] } {
  const value = rows.filter((row) => !row.parked);
  const names = new Set([...parked, ...rows.filter((row) => row.parked).map(({ _id }) => _id)]);
  for (const { _id } of value) names.delete(_id);
  return { value, ...(names.size > 0 && { parked: [...names] }) };
}
