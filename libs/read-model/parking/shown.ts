import { streams } from '#incidents';
import type { AlertDocument } from '../alert-document.js';
import type { Collections } from '../collections.js';
import type { IncidentDocument } from '../incident-document.js';
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
