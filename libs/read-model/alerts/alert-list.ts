import { streams } from '#incidents';
import type { AlertDocument } from './alert-document.js';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { assertNotParked } from '../parking/parked.js';
import { openCursor, sealCursor } from '../cursor.js';
import { shownUpTo } from '../shown-up-to.js';

export interface AlertListQuery {
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface AlertPage {
  readonly value: AlertDocument[];
  /** Ids of those on this page that are not shown, as they are parked. Absent: none. */
  readonly parked?: readonly string[];
  readonly nextCursor: string | null;
  readonly total: number;
  /** What it reflected at least. */
  readonly position: bigint;
}

/** The alerts that are in an incident, in the order in which they were reported. Throws InvalidCursor, IsParked. */
export async function alertPage(
  { alerts, parked }: Pick<Collections, 'alerts' | 'parked'>,
  checkpoints: Checkpoints,
  incidentId: string,
  { limit = 50, cursor }: AlertListQuery = {},
): Promise<AlertPage> {
  const query = { alertsOf: incidentId };
  const after = cursor === undefined ? -1n : BigInt(openCursor(query, cursor, isPlace).after);
  const { position } = await shownUpTo({ parked }, checkpoints, 'alerts');
  const inIncident = { incidentId: { $eq: incidentId } };
  const [rows, total] = await Promise.all([
    alerts
      .find({ ...inIncident, reportedPosition: { $gt: after } })
      .sort({ incidentId: 1, reportedPosition: 1 })
      .limit(limit + 1)
      .toArray(),
    alerts.countDocuments(inIncident),
  ]);
  const value = rows.slice(0, limit);
  const last = value.at(-1);
  const nextCursor = rows.length > limit && last ? sealCursor(query, { after: String(last.reportedPosition) }) : null;
  const notShown = value.filter(({ parkedWith }) => parkedWith !== undefined);
  // Of a parked incident all alerts are: only such a page, or none, asks whether it is that or they come from elsewhere.
  if (notShown.length > 0 || value.length === 0) await assertNotParked(parked, 'alerts', streams.incident(incidentId));
  if (notShown.length === 0) return { value, nextCursor, total: Number(total), position };
  const shown = value.filter((alert) => !notShown.includes(alert));
  return { value: shown, parked: notShown.map(({ _id }) => _id), nextCursor, total: Number(total), position };
}

function isPlace(place: unknown): place is { after: string } {
  const { after } = (place ?? {}) as Record<string, unknown>;
  return typeof after === 'string' && /^\d{1,19}$/.test(after);
}
