import type { Collections } from './collections.js';

export interface CandidatesQuery {
  readonly entityKeys: readonly string[];
  /** Incidents that changed last before this are too old. */
  readonly since: Date;
  /** Default 5. */
  readonly limit?: number;
}

/** An incident that an alert may join. */
export interface Candidate {
  readonly incidentId: string;
  /** The first of the given keys that the incident shares. */
  readonly entity: string;
  readonly lastUpdateDateTime: string;
  readonly alertCount: number;
  readonly position: bigint;
}

/** The incidents that are not resolved and share an entity, the most recently updated first. */
export async function candidates(
  { incidents }: Pick<Collections, 'incidents'>,
  { entityKeys, since, limit = 5 }: CandidatesQuery,
): Promise<Candidate[]> {
  if (entityKeys.length === 0) return [];
  const found = await incidents
    .find(
      {
        entityKeys: { $in: [...entityKeys] },
        lastUpdateDateTime: { $gte: since.toISOString() },
        status: { $in: ['active', 'inProgress'] },
      },
      { projection: { entityKeys: 1, lastUpdateDateTime: 1, alertCount: 1, position: 1 } },
    )
    .sort({ lastUpdateDateTime: -1, number: -1 })
    .limit(limit)
    .toArray();
  return found.flatMap(({ _id, entityKeys: has, lastUpdateDateTime, alertCount, position }) => {
    const entity = entityKeys.find((key) => has.includes(key));
    return entity === undefined ? [] : [{ incidentId: _id, entity, lastUpdateDateTime, alertCount, position }];
  });
}
