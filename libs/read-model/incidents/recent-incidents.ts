import type { Collections } from '../collections.js';
import type { EntityDocument } from './entity.js';

/** An incident that is not redirected: what a new alert is compared with. */
export interface RecentIncident {
  readonly incidentId: string;
  /**
   * Of the last event of its stream that this reflects; −1 where it is parked, or a projector is just writing it, and it may reflect a part of later
   * events: what matters is then to be taken from the stream.
   */
  readonly revision: number;
  /** Neither resolved nor redirected. */
  readonly isOpen: boolean;
  /** ISO 8601. */
  readonly lastUpdateDateTime: string;
  readonly alertCount: number;
  /** What its alerts are about, and how many are about each. */
  readonly entities: Iterable<readonly [key: string, alerts: number]>;
}

type Row = Pick<EntityDocument, 'incidentId' | 'position'> & {
  parked?: true;
  status: string;
  lastUpdateDateTime: string;
  revision: number;
  alertCount: number;
};

const rowsAtOnce = 200;

/** The incidents that have changed since then, the longest unchanged first. */
export async function* recentIncidents(
  collections: Pick<Collections, 'incidents' | 'entities'>,
  since: Date,
): AsyncGenerator<RecentIncident> {
  const found = collections.incidents
    .find(
      { lastUpdateDateTime: { $gte: since.toISOString() } },
      { projection: { parked: 1, status: 1, lastUpdateDateTime: 1, revision: 1, alertCount: 1, position: 1 } },
    )
    .sort({ lastUpdateDateTime: 1, number: 1 });
  let rows: Row[] = [];
  for await (const { _id, status, ...row } of found) {
    if (status === 'redirected') continue;
    rows.push({ incidentId: _id, status, ...row });
    if (rows.length < rowsAtOnce) continue;
    yield* withEntities(collections, rows);
    rows = [];
  }
  yield* withEntities(collections, rows);
}

/** The entities are written before the row and read after it: those that are not ahead of it are as it is. */
async function* withEntities(
  { entities }: Pick<Collections, 'entities'>,
  rows: readonly Row[],
): AsyncGenerator<RecentIncident> {
  const about = new Map<string, EntityDocument[]>(rows.map(({ incidentId }) => [incidentId, []]));
  const found = entities.find(
    { incidentId: { $in: [...about.keys()] } },
    { projection: { incidentId: 1, key: 1, mentionCount: 1, position: 1 } },
  );
  if (rows.length > 0) for await (const entity of found) about.get(entity.incidentId)!.push(entity);
  for (const { incidentId, status, lastUpdateDateTime, revision, alertCount, position, parked } of rows) {
    const all = about.get(incidentId)!;
    const mentioned = all.filter(({ mentionCount }) => mentionCount > 0);
    yield {
      incidentId,
      revision: parked || all.some((entity) => entity.position > position) ? -1 : revision,
      isOpen: status !== 'resolved',
      lastUpdateDateTime,
      alertCount,
      entities: mentioned.map(({ key, mentionCount }) => [key, mentionCount] as const),
    };
  }
}
