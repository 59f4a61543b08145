import type { AlertDocument } from './alert-document.js';
import type { Collections } from './collections.js';
import { openCursor, sealCursor } from './cursor.js';

export interface AlertListQuery {
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface AlertPage {
  readonly value: AlertDocument[];
  readonly nextCursor: string | null;
  readonly total: number;
}

/** The alerts that are in an incident, in the order in which they were reported. Throws InvalidCursor. */
export async function alertPage(
  { alerts }: Pick<Collections, 'alerts'>,
  incidentId: string,
  { limit = 50, cursor }: AlertListQuery = {},
): Promise<AlertPage> {
  const query = { alertsOf: incidentId };
  const after = cursor === undefined ? -1n : BigInt(openCursor(query, cursor, isPlace).after);
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
  return { value, nextCursor, total: Number(total) };
}

function isPlace(place: unknown): place is { after: string } {
  const { after } = (place ?? {}) as Record<string, unknown>;
  return typeof after === 'string' && /^\d{1,19}$/.test(after);
}
