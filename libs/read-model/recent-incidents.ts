import type { Collections } from './collections.js';

/** An incident that is not redirected: what a new alert is compared with. */
export interface RecentIncident {
  readonly incidentId: string;
  /** Of the last event of its stream that this reflects. */
  readonly revision: number;
  /** Neither resolved nor redirected. */
  readonly isOpen: boolean;
  /** ISO 8601. */
  readonly lastUpdateDateTime: string;
  readonly alertCount: number;
  /** What its alerts are about, and how many are about each. */
  readonly entities: Iterable<readonly [key: string, alerts: number]>;
}

/** The incidents that have changed since then, the longest unchanged first. */
export async function* recentIncidents(
  { incidents }: Pick<Collections, 'incidents'>,
  since: Date,
): AsyncGenerator<RecentIncident> {
  const found = incidents
    .find(
      { lastUpdateDateTime: { $gte: since.toISOString() } },
      { projection: { status: 1, lastUpdateDateTime: 1, revision: 1, alertCount: 1, entityKeys: 1, counts: 1 } },
    )
    .sort({ lastUpdateDateTime: 1, number: 1 });
  for await (const { _id, status, lastUpdateDateTime, revision, alertCount, entityKeys, counts } of found) {
    if (status === 'redirected') continue;
    yield {
      incidentId: _id,
      revision,
      isOpen: status !== 'resolved',
      lastUpdateDateTime,
      alertCount,
      entities: entityKeys.map((key, index) => [key, counts.entityKeys[index]!] as const),
    };
  }
}
